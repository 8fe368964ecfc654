// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;

/**
 * A jar of the class path.
 *
 * @param name symbolic name; empty if it is no bundle
 * @param exports versions by package, some packages have several; of a jar that is no bundle, all
 *     its packages
 * @param components paths of descriptions of components in it
 */
record Jar(Path path, String name, Map<String, Set<String>> exports, List<String> components) {
  private static final Pattern VERSION = Pattern.compile(".*?-(\\d+(?:\\.\\d+){0,2})[^/]*\\.jar");

  static Jar read(Path path) {
    try (JarFile jar = new JarFile(path.toFile())) {
      Manifest manifest = jar.getManifest();
      String symbolic = header(manifest, "Bundle-SymbolicName");
      String name = Clauses.split(symbolic, ';').getFirst();
      Map<String, Set<String>> exports =
          name.isEmpty() ? allPackages(jar, path) : exported(header(manifest, "Export-Package"));
      return new Jar(path, name, exports, components(header(manifest, "Service-Component")));
    } catch (IOException e) {
      throw new UncheckedIOException("read " + path, e);
    }
  }

  String fileName() {
    return String.valueOf(path.getFileName());
  }

  private static String header(Manifest manifest, String name) {
    String value = manifest == null ? null : manifest.getMainAttributes().getValue(name);
    return value == null ? "" : value;
  }

  private static Map<String, Set<String>> exported(String header) {
    Map<String, Set<String>> exports = new TreeMap<>();
    for (String clause : Clauses.split(header, ',')) {
      List<String> packages = new ArrayList<>();
      String version = "0.0.0";
      for (String part : Clauses.split(clause, ';')) {
        if (part.startsWith("version=")) {
          version = part.substring("version=".length()).replace("\"", "");
        } else if (!part.contains("=") && !part.isEmpty()) {
          packages.add(part);
        }
      }
      for (String exported : packages) {
        exports.computeIfAbsent(exported, key -> new TreeSet<>()).add(version);
      }
    }
    return exports;
  }

  private static Map<String, Set<String>> allPackages(JarFile jar, Path path) {
    Matcher matcher = VERSION.matcher(String.valueOf(path.getFileName()));
    String version = matcher.matches() ? matcher.group(1) : "0.0.0";
    Map<String, Set<String>> packages = new TreeMap<>();
    jar.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith(".class") && name.contains("/"))
        .filter(name -> !name.startsWith("META-INF/"))
        .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
        .forEach(name -> packages.put(name, Set.of(version)));
    return packages;
  }

  private static List<String> components(String header) {
    return header.isEmpty() ? List.of() : List.copyOf(new TreeSet<>(Clauses.split(header, ',')));
  }
}
