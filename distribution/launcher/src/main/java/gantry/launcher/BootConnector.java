// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/**
 * Makes bundles of jars that are on the launcher's own class path (OSGi Core, release 8, chapter
 * 60): the framework wires them as any other, but their classes are loaded by the application's
 * loader, which is the one whose classes an AOT cache holds. A bundle that is updated leaves the
 * class path for a loader of its own.
 */
final class BootConnector implements ModuleConnector {
  static final String PREFIX = "boot:";

  private final Map<String, Path> jars;

  /** Jars by location. */
  BootConnector(Map<String, Path> jars) {
    this.jars = Map.copyOf(jars);
  }

  @Override
  public void initialize(File storage, Map<String, String> configuration) {}

  @Override
  public Optional<ConnectModule> connect(String location) {
    Path jar = jars.get(location);
    return jar == null ? Optional.empty() : Optional.of(() -> new JarContent(jar));
  }

  @Override
  public Optional<BundleActivator> newBundleActivator() {
    return Optional.empty();
  }
}
