// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.boot.inventory.Reasons.Outcome;
import gantry.plugins.PluginStatus.State;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plugins whose bundles do not run. The component runtime does not know them, but whoever misses
 * one wants to read why; so they are read from the bundles' component descriptions.
 */
final class DormantPlugins {
  private static final Logger LOG = LoggerFactory.getLogger(DormantPlugins.class);
  private static final String COMPONENTS = "Service-Component";
  private static final Pattern PLUGIN =
      Pattern.compile("<property\\s+name=\"plugin\"[^>]*\\svalue=\"([^\"]+)\"");

  private DormantPlugins() {}

  /** Why each of them does not serve, by URI. */
  static Map<String, Outcome> find(BundleContext context) {
    Map<String, Outcome> dormant = new TreeMap<>();
    for (Bundle bundle : context.getBundles()) {
      String components = bundle.getHeaders("").get(COMPONENTS);
      if (bundle.getState() != Bundle.ACTIVE && components != null) {
        Outcome outcome = new Outcome(State.ERROR, reason(bundle));
        for (String component : components.split(",", -1)) {
          String uri = plugin(bundle, component.strip());
          if (!uri.isEmpty()) {
            dormant.put(uri, outcome);
          }
        }
      }
    }
    return dormant;
  }

  private static String reason(Bundle bundle) {
    String what =
        switch (bundle.getState()) {
          case Bundle.INSTALLED -> "lacks a package or capability that it imports";
          case Bundle.STARTING -> "is starting";
          case Bundle.STOPPING -> "is stopping";
          default -> "is stopped";
        };
    return "its bundle %s %s".formatted(bundle.getSymbolicName(), what);
  }

  /** The URI in a component's description; empty if it is no plugin. */
  private static String plugin(Bundle bundle, String component) {
    URL description = bundle.getEntry(component);
    if (description == null) {
      return "";
    }
    try (InputStream in = description.openStream()) {
      Matcher matcher = PLUGIN.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return matcher.find() ? matcher.group(1) : "";
    } catch (IOException e) {
      LOG.debug("read {} of {}", component, bundle, e);
      return "";
    }
  }
}
