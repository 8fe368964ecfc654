// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackage;
import static org.ops4j.pax.exam.CoreOptions.workingDirectory;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.bytebuddy.ByteBuddy;
import org.assertj.core.api.Assertions;
import org.ops4j.pax.exam.Option;

/**
 * An installed Gantry, at the system property {@code gantry.home}: its bundles in the order of
 * starting, and the packages its floor exports, whose classes are on the class path of this module.
 */
final class Installation {
  private static final String PACKAGES = "packages=";
  private static final String BUNDLE = "bundle=";

  private Installation() {}

  /** A framework with all that ships, which keeps its files in {@code name}. */
  static Option framework(String name) throws IOException {
    Path directory = workspace(name);
    List<Option> options = new ArrayList<>();
    options.add(systemPackage(packages()));
    options.add(frameworkProperty("gantry.flags").value(flags(name)));
    options.add(workingDirectory(directory.resolve("framework").toString()));
    options.add(frameworkProperty("felix.resolver.parallelism").value("1"));
    options.add(frameworkProperty("ds.loglevel").value("0"));
    options.add(frameworkProperty("org.osgi.framework.bsnversion").value("multiple"));
    options.add(frameworkProperty("gantry.watch").value("false"));
    for (Path jar : bundles()) {
      options.add(bundle(jar.toUri().toString()));
    }
    options.add(bundle(jarOf(ByteBuddy.class)));
    options.add(bundle(jarOf(Assertions.class)));
    options.add(junitBundles());
    return composite(options.toArray(Option[]::new));
  }

  /** The jars of all bundles that ship. */
  static List<Path> bundles() throws IOException {
    return assembly(BUNDLE).stream()
        .map(bundle -> home().resolve(bundle.substring(bundle.indexOf('=') + 1)))
        .toList();
  }

  private static String packages() throws IOException {
    return assembly(PACKAGES).getFirst();
  }

  private static List<String> assembly(String kind) throws IOException {
    return Files.readAllLines(home().resolve("lib/gantry/gantryd.assembly")).stream()
        .filter(line -> line.startsWith(kind))
        .map(line -> line.substring(kind.length()))
        .toList();
  }

  private static Path home() {
    return Path.of(property("gantry.home"));
  }

  /** The directory of a framework of this name. */
  static Path directory(String name) {
    return Path.of(property("gantry.work"), name);
  }

  /** The configuration file of its kernel. */
  static Path config(String name) {
    return directory(name).resolve("config.toml");
  }

  /** What stands in that file at the start. */
  static String settings(String name) {
    return """
    version = 4
    imports = []
    [timeouts]
    'io.gantry.timeout.plugin' = "3s"
    [plugins.'io.containerd.server.v1.grpc']
    address = "%s/gantry.sock"
    """
        .formatted(directory(name).resolve("state"));
  }

  private static String flags(String name) throws IOException {
    Path directory = directory(name);
    Files.writeString(config(name), settings(name));
    return "home=%s\nconfig=%s\nroot=%s\nstate=%s"
        .formatted(home(), config(name), directory.resolve("root"), directory.resolve("state"));
  }

  /** An empty directory, with a path short enough for a socket. */
  private static Path workspace(String name) throws IOException {
    Path directory = directory(name);
    if (Files.exists(directory)) {
      try (Stream<Path> old = Files.walk(directory)) {
        for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(directory);
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  private static String jarOf(Class<?> type) {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI().toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
