// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.PluginStatus.State;
import gantry.plugins.PluginUri;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
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
  private static final Pattern OFFER = Pattern.compile("<provide\\s+interface=\"([^\"]+)\"");

  private DormantPlugins() {}

  /** All of them. */
  static List<PluginRow> find(BundleContext context) {
    List<PluginRow> dormant = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      String components =
          bundle.getState() == Bundle.ACTIVE ? null : bundle.getHeaders("").get(COMPONENTS);
      if (components != null) {
        Outcome outcome = outcome(bundle, context.getBundle(Constants.SYSTEM_BUNDLE_ID));
        for (String component : components.split(",", -1)) {
          add(dormant, bundle, outcome, text(bundle, component.strip()));
        }
      }
    }
    return dormant;
  }

  private static void add(
      List<PluginRow> dormant, Bundle bundle, Outcome outcome, String description) {
    Matcher matcher = PLUGIN.matcher(description);
    PluginUri uri = matcher.find() ? Rows.uri(matcher.group(1)) : null;
    if (uri != null) {
      List<String> offers =
          OFFER.matcher(description).results().map((MatchResult offer) -> offer.group(1)).toList();
      dormant.add(new PluginRow(uri, bundle, Map.of(), offers, outcome, null));
    }
  }

  private static Outcome outcome(Bundle bundle, Bundle system) {
    String its = "its bundle " + bundle.getSymbolicName();
    return switch (bundle.getState()) {
      case Bundle.INSTALLED -> Outcome.stuck(State.ERROR, its + unresolved(bundle, system));
      case Bundle.STARTING -> Outcome.waits(its + " is starting");
      case Bundle.STOPPING -> Outcome.stuck(State.ERROR, its + " is stopping");
      default -> Outcome.stuck(State.ERROR, its + " is stopped");
    };
  }

  private static String unresolved(Bundle bundle, Bundle system) {
    List<String> lacks = Lacks.of(bundle, system);
    return lacks.isEmpty() ? " is not started" : " lacks " + String.join(", ", lacks);
  }

  /** A component's description; empty if there is none. */
  private static String text(Bundle bundle, String component) {
    URL description = bundle.getEntry(component);
    if (description == null) {
      return "";
    }
    try (InputStream in = description.openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      LOG.debug("read {} of {}", component, bundle, e);
      return "";
    }
  }
}
