// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;

/** The framework and the bundles in it. Containers do not care whether it runs. */
final class Daemon {
  private static final Logger LOG = System.getLogger(Daemon.class.getName());
  private static final Duration STOP_MAX = Duration.ofSeconds(20);

  /** Without these nothing else can start. */
  private static final Set<String> VITAL =
      Set.of("org.apache.felix.configadmin", "org.apache.felix.scr", "gantry.kernel.boot");

  private final Framework framework;

  private Daemon(Framework framework) {
    this.framework = framework;
  }

  /** Starts everything; when it returns the daemon serves. */
  static Daemon start(KernelSettings settings) throws LaunchException {
    Assembly assembly = Assembly.read(settings.home());
    Map<String, Path> overrides = Overrides.list(settings.root());
    Framework framework =
        new FrameworkFactory()
            .newFramework(
                configuration(settings, assembly),
                new BootConnector(bootJars(settings.home(), assembly, overrides)));
    Daemon daemon = new Daemon(framework);
    try {
      framework.init();
      framework.getBundleContext().addFrameworkListener(Daemon::log);
      framework.getBundleContext().registerService(ToolProvider.class, settings.kernel(), null);
      List<Bundle> bundles = daemon.install(settings.home(), assembly, overrides);
      framework.start();
      framework.adapt(FrameworkWiring.class).resolveBundles(bundles);
      for (Bundle bundle : bundles) {
        start(bundle);
      }
      daemon.requireReady();
      return daemon;
    } catch (BundleException | RuntimeException e) {
      daemon.stop();
      throw new LaunchException("start", e);
    }
  }

  /**
   * Has a plugin do something that is not serving: the service of type {@link ToolProvider} whose
   * property {@code gantry.verb} is this.
   *
   * @return the exit code
   */
  int run(String verb, PrintWriter out, PrintWriter err) throws LaunchException {
    BundleContext context = framework.getBundleContext();
    try {
      for (ServiceReference<ToolProvider> reference :
          context.getServiceReferences(ToolProvider.class, "(gantry.verb=" + verb + ")")) {
        ToolProvider tool = context.getService(reference);
        if (tool != null) {
          return tool.run(out, err);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new LaunchException(verb, e);
    }
    throw new LaunchException(verb + ": the plugin that does it did not start; the log says why");
  }

  /** Has the kernel read the configuration again; it logs what came of it. */
  void reload() {
    BundleContext context = framework.getBundleContext();
    try {
      for (ServiceReference<Runnable> reload :
          context.getServiceReferences(Runnable.class, "(gantry.reload=true)")) {
        context.getService(reload).run();
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops all bundles, the last started first. */
  void stop() {
    try {
      framework.stop();
      FrameworkEvent event = framework.waitForStop(STOP_MAX.toMillis());
      if (event.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
        LOG.log(Level.WARNING, "not everything stopped within {0}", STOP_MAX);
      }
    } catch (BundleException e) {
      LOG.log(Level.WARNING, "stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> configuration(KernelSettings settings, Assembly assembly) {
    Map<String, String> configuration = new HashMap<>();
    configuration.put(
        Constants.FRAMEWORK_STORAGE, settings.state().resolve("framework").toString());
    // What is installed is told by the assembly and the overrides, never by an old cache.
    configuration.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, assembly.packages());
    configuration.put("gantry.started", Long.toString(settings.started()));
    // While a bundle is replaced both versions are there.
    configuration.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
    configuration.put("felix.resolver.parallelism", "1");
    configuration.put("felix.service.urlhandlers", "false");
    configuration.put("ds.loglevel", "0");
    // Milliseconds after which the component runtime tells that a component starts after all.
    configuration.put("ds.service.changecount.timeout", "100");
    return configuration;
  }

  private static Map<String, Path> bootJars(
      Path home, Assembly assembly, Map<String, Path> overrides) {
    Map<String, Path> jars = new HashMap<>();
    assembly
        .bundles()
        .forEach(
            (name, path) -> {
              if (!overrides.containsKey(name)) {
                jars.put(BootConnector.PREFIX + path, home.resolve(path));
              }
            });
    return jars;
  }

  private List<Bundle> install(Path home, Assembly assembly, Map<String, Path> overrides)
      throws BundleException {
    List<Bundle> bundles = new ArrayList<>();
    for (Map.Entry<String, String> shipped : assembly.bundles().entrySet()) {
      String location = BootConnector.PREFIX + shipped.getValue();
      Path override = overrides.get(shipped.getKey());
      if (override == null) {
        bundles.add(framework.getBundleContext().installBundle(location));
      } else if (!installed(bundles, location, override)) {
        bundles.add(install(location, home.resolve(shipped.getValue())));
      }
    }
    for (Map.Entry<String, Path> extra : overrides.entrySet()) {
      if (!assembly.bundles().containsKey(extra.getKey())) {
        installed(bundles, "installed:" + extra.getKey(), extra.getValue());
      }
    }
    return bundles;
  }

  /** A jar that was changed and cannot be read any more must not keep the daemon from starting. */
  private boolean installed(List<Bundle> bundles, String location, Path jar) {
    try {
      bundles.add(install(location, jar));
      return true;
    } catch (BundleException e) {
      LOG.log(Level.ERROR, jar + " is passed over: " + e.getMessage());
      return false;
    }
  }

  private Bundle install(String location, Path jar) throws BundleException {
    try (InputStream content = Files.newInputStream(jar)) {
      return framework.getBundleContext().installBundle(location, content);
    } catch (IOException e) {
      throw new BundleException("read " + jar, e);
    }
  }

  /** A plugin that does not start is one that is missing; the others go on without it. */
  private static void start(Bundle bundle) throws BundleException {
    try {
      bundle.start();
    } catch (BundleException e) {
      if (VITAL.contains(bundle.getSymbolicName())) {
        throw e;
      }
      LOG.log(Level.ERROR, "start bundle " + bundle.getSymbolicName() + ": " + e.getMessage());
    }
  }

  /** The kernel throws if a plugin that is required does not serve. */
  private void requireReady() throws BundleException {
    BundleContext context = framework.getBundleContext();
    try {
      Collection<ServiceReference<Runnable>> checks =
          context.getServiceReferences(Runnable.class, "(gantry.readiness=true)");
      for (ServiceReference<Runnable> check : checks) {
        context.getService(check).run();
      }
    } catch (InvalidSyntaxException e) {
      throw new BundleException("ask for readiness", e);
    }
  }

  private static void log(FrameworkEvent event) {
    if (event.getType() == FrameworkEvent.ERROR || event.getType() == FrameworkEvent.WARNING) {
      LOG.log(
          event.getType() == FrameworkEvent.ERROR ? Level.ERROR : Level.DEBUG,
          "bundle " + event.getBundle().getSymbolicName(),
          event.getThrowable());
    }
  }
}
