// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.plugins.PluginBundle;
import gantry.plugins.PluginBundle.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bundles that count: not those that are tried, and not those that were replaced. */
final class Rooms {
  private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);

  /** Locations of bundles that ship: this, then a path below the daemon's home. */
  private static final String SHIPPED = "boot:";

  private static final List<String> FLOOR =
      List.of("org.apache.felix.", "org.osgi.", "gantry.kernel.");

  private final BundleContext context;
  private final BundleStore store;
  private final @Nullable Path home;
  private final Map<String, Path> shipped = new ConcurrentHashMap<>();
  private final Set<Long> aside = ConcurrentHashMap.newKeySet();

  Rooms(BundleContext context, BundleStore store, @Nullable Path home) {
    this.context = context;
    this.store = store;
    this.home = home;
  }

  /** Another version stands in for a bundle, or is to. */
  void setAside(Bundle bundle) {
    aside.add(bundle.getBundleId());
  }

  /** A bundle counts, or is gone. */
  void takeIn(Bundle bundle) {
    aside.remove(bundle.getBundleId());
  }

  boolean isAside(long bundle) {
    return aside.contains(bundle);
  }

  /** All that count. */
  Stream<Bundle> all() {
    return Arrays.stream(context.getBundles()).filter(b -> !aside.contains(b.getBundleId()));
  }

  /** The bundle of a name. */
  Optional<Bundle> named(String name) {
    return all()
        .filter(bundle -> bundle.getBundleId() != 0 && name.equals(bundle.getSymbolicName()))
        .findFirst();
  }

  /** The bundle of a name, or the one with the plugin of that URI. */
  Bundle require(String name) throws Refusal {
    Optional<Bundle> named = named(name);
    if (named.isEmpty()) {
      named = all().filter(b -> Declared.plugins(declared(b)).contains(name)).findFirst();
    }
    Bundle bundle =
        named.orElseThrow(() -> Refusal.absent("there is no bundle and no plugin of that name"));
    checkFloor(bundle.getSymbolicName());
    return bundle;
  }

  /** Refuses names of bundles that plugins stand on. */
  static void checkFloor(String name) throws Refusal {
    if (FLOOR.stream().anyMatch(name::startsWith)) {
      throw Refusal.state(
          "bundle %s is no plugin but what plugins stand on; it comes with another daemon"
              .formatted(name));
    }
  }

  /** The jar of a name that came with the daemon; null if none did. */
  @Nullable Path shipped(String name) {
    Path home = this.home;
    if (home != null) {
      for (Bundle bundle : context.getBundles()) {
        String location = bundle.getLocation();
        if (location.startsWith(SHIPPED)) {
          shipped.putIfAbsent(
              String.valueOf(bundle.getSymbolicName()),
              home.resolve(location.substring(SHIPPED.length())));
        }
      }
    }
    return shipped.get(name);
  }

  /** The jar that a bundle of this name runs from; null if that is not known. */
  @Nullable Path jar(String name) {
    return store.winning(name).orElse(shipped(name));
  }

  /** The components that a bundle describes. */
  static List<Declared> declared(Bundle bundle) {
    List<Declared> components = new ArrayList<>();
    for (String pattern : ManifestCheck.clauses(bundle.getHeaders("").get("Service-Component"))) {
      String path = pattern.split(";", 2)[0];
      int slash = path.lastIndexOf('/');
      Enumeration<URL> entries =
          bundle.findEntries(
              slash < 0 ? "/" : path.substring(0, slash), path.substring(slash + 1), false);
      for (URL entry : entries == null ? List.<URL>of() : Collections.list(entries)) {
        try (InputStream in = entry.openStream()) {
          components.addAll(new ComponentXml().read(entry.getPath(), in));
        } catch (IOException | XMLStreamException e) {
          LOG.debug("read {} of {}", entry, bundle, e);
        }
      }
    }
    return components;
  }

  /** As others see them, by name. */
  List<PluginBundle> describe() {
    return all().map(this::describe).sorted(Comparator.comparing(PluginBundle::name)).toList();
  }

  private PluginBundle describe(Bundle bundle) {
    String name = String.valueOf(bundle.getSymbolicName());
    boolean ships = shipped(name) != null && store.winning(name).isEmpty();
    return new PluginBundle(
        name,
        bundle.getVersion().toString(),
        state(bundle),
        bundle.getBundleId() == 0 || ships ? Origin.SHIPPED : Origin.INSTALLED);
  }

  private static String state(Bundle bundle) {
    return switch (bundle.getState()) {
      case Bundle.ACTIVE -> "active";
      case Bundle.STARTING -> "starting";
      case Bundle.STOPPING -> "stopping";
      case Bundle.RESOLVED -> "resolved";
      case Bundle.INSTALLED -> "unresolved";
      default -> "uninstalled";
    };
  }
}
