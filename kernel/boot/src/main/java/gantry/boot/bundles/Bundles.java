// SPDX-License-Identifier: Apache-2.0
package gantry.boot.bundles;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginBundle.Origin;
import gantry.plugins.PluginBundles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes bundles in place and keeps what was changed for the next start. */
public final class Bundles implements PluginBundles {
  /** Locations of bundles that ship: this, then a path below the daemon's home. */
  static final String SHIPPED = "boot:";

  /** Locations of bundles that were installed: this, then the symbolic name. */
  private static final String INSTALLED = "installed:";

  private static final Logger LOG = LoggerFactory.getLogger(Bundles.class);

  private final BundleContext context;
  private final OverrideDirectory overrides;
  private final @Nullable Path home;
  private final LongFunction<List<String>> failures;

  /**
   * The bundles of the framework.
   *
   * @param home where the daemon is installed; null for none
   * @param failures says which components of a bundle failed, by its id
   */
  public Bundles(
      BundleContext context,
      OverrideDirectory overrides,
      @Nullable Path home,
      LongFunction<List<String>> failures) {
    this.context = context;
    this.overrides = overrides;
    this.home = home;
    this.failures = failures;
  }

  @Override
  public List<PluginBundle> bundles() {
    return Arrays.stream(context.getBundles())
        .map(this::describe)
        .sorted(Comparator.comparing(PluginBundle::name))
        .toList();
  }

  @Override
  public synchronized PluginBundle install(Path jar) {
    String name = OverrideDirectory.name(jar);
    if (find(name).isPresent()) {
      throw new AlreadyExistsException(
          "install bundle %s: it is there already; update it instead".formatted(name));
    }
    Path kept = overrides.put(name, jar);
    Bundle bundle = null;
    try (InputStream content = Files.newInputStream(kept)) {
      bundle = context.installBundle(INSTALLED + name, content);
      start(bundle);
      LOG.info("installed bundle {} {}", name, bundle.getVersion());
      return describe(bundle);
    } catch (BundleException | IOException e) {
      overrides.remove(name);
      uninstallQuietly(bundle);
      throw new FailedPreconditionException(
          "install bundle %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  @Override
  public synchronized PluginBundle update(String name, Path jar) {
    Bundle bundle = require(name);
    String actual = OverrideDirectory.name(jar);
    if (!actual.equals(name)) {
      throw new InvalidArgumentException(
          "update bundle %s: %s holds bundle %s".formatted(name, jar, actual));
    }
    Path old = overrides.setAside(name);
    try {
      load(bundle, overrides.put(name, jar));
      LOG.info("updated bundle {} to {}", name, bundle.getVersion());
      return describe(bundle);
    } catch (BundleException | IOException e) {
      goBack(bundle, old);
      throw new FailedPreconditionException(
          "update bundle %s: %s; the code from before runs again".formatted(name, e.getMessage()),
          e);
    }
  }

  @Override
  public synchronized void uninstall(String name) {
    Bundle bundle = require(name);
    if (!ships(bundle)) {
      overrides.remove(name);
      uninstallQuietly(bundle);
      LOG.info("removed bundle {}", name);
      return;
    }
    if (overrides.find(name) == null) {
      throw new FailedPreconditionException(
          "remove bundle %s: it ships with the daemon; list its plugins in disabled_plugins"
              .formatted(name));
    }
    goBack(bundle, null);
    LOG.info("bundle {} is back to what ships: {}", name, bundle.getVersion());
  }

  private void goBack(Bundle bundle, @Nullable Path old) {
    String name = bundle.getSymbolicName();
    try {
      if (old != null) {
        load(bundle, overrides.put(name, old));
      } else {
        overrides.remove(name);
        load(bundle, shipped(bundle));
      }
    } catch (BundleException | IOException e) {
      throw new InternalException(
          "bring back bundle %s: %s; restart the daemon".formatted(name, e.getMessage()), e);
    }
  }

  private void load(Bundle bundle, Path jar) throws BundleException, IOException {
    try (InputStream content = Files.newInputStream(jar)) {
      bundle.update(content);
    }
    start(bundle);
  }

  private void start(Bundle bundle) throws BundleException {
    bundle.start();
    List<String> failed = failures.apply(bundle.getBundleId());
    if (!failed.isEmpty()) {
      throw new BundleException(String.join("; ", failed));
    }
  }

  private static void uninstallQuietly(@Nullable Bundle bundle) {
    try {
      if (bundle != null) {
        bundle.uninstall();
      }
    } catch (BundleException e) {
      LOG.warn("uninstall bundle {}", bundle, e);
    }
  }

  private Path shipped(Bundle bundle) throws IOException {
    if (home == null || !ships(bundle)) {
      throw new IOException("its shipped code is not known");
    }
    return home.resolve(bundle.getLocation().substring(SHIPPED.length()));
  }

  private static boolean ships(Bundle bundle) {
    return bundle.getLocation().startsWith(SHIPPED);
  }

  private Bundle require(String name) {
    return find(name)
        .orElseThrow(() -> new NotFoundException("bundle %s: not found".formatted(name)));
  }

  private Optional<Bundle> find(String name) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> bundle.getBundleId() != 0 && name.equals(bundle.getSymbolicName()))
        .findFirst();
  }

  private PluginBundle describe(Bundle bundle) {
    String name = String.valueOf(bundle.getSymbolicName());
    boolean overridden = !ships(bundle) || overrides.find(name) != null;
    return new PluginBundle(
        name,
        bundle.getVersion().toString(),
        state(bundle),
        bundle.getBundleId() != 0 && overridden ? Origin.INSTALLED : Origin.SHIPPED);
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
