// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.PluginUri;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;

/** Reads a jar without running any of it. */
final class JarReader {
  private static final String CLASS = ".class";
  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java 1.0 are of version 44, and each release since has added one. */
  private static final int VERSION_OFFSET = 44;

  private final Signers signers;
  private final ComponentXml descriptions = new ComponentXml();

  JarReader(Signers signers) {
    this.signers = signers;
  }

  /**
   * Reads a jar.
   *
   * @param sha256 digest of the file
   * @throws Refusal if no plugin can be had from it
   */
  BundleJar read(Path path, String sha256) throws Refusal {
    try (JarFile jar = ZipCheck.open(path)) {
      List<JarEntry> entries = new ZipCheck().readAll(jar);
      ManifestCheck manifest = ManifestCheck.of(jar);
      signers.check(entries);
      List<String> classes = classes(jar, entries);
      List<Declared> components = components(jar, entries, manifest.components());
      check(components, new HashSet<>(classes));
      return new BundleJar(path, sha256, manifest.name(), manifest.version(), components, classes);
    } catch (IOException e) {
      throw Refusal.internal(e);
    }
  }

  private static List<String> classes(JarFile jar, List<JarEntry> entries)
      throws Refusal, IOException {
    List<String> classes = new ArrayList<>();
    for (JarEntry entry : entries) {
      String name = entry.getName();
      if (name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.contains("-info.")) {
        checkVersion(jar, entry);
        classes.add(name.substring(0, name.length() - CLASS.length()).replace('/', '.'));
      }
    }
    return classes;
  }

  private static void checkVersion(JarFile jar, JarEntry entry) throws Refusal, IOException {
    try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
      if (entry.getSize() < 8 || in.readInt() != MAGIC) {
        throw Refusal.jar("%s is not a class file".formatted(entry.getName()));
      }
      in.readUnsignedShort();
      int java = in.readUnsignedShort() - VERSION_OFFSET;
      int running = Runtime.version().feature();
      if (java > running) {
        throw Refusal.jar(
            "%s is built for Java %d, this daemon runs Java %d"
                .formatted(entry.getName(), java, running));
      }
    }
  }

  private List<Declared> components(JarFile jar, List<JarEntry> entries, List<String> wanted)
      throws Refusal, IOException {
    List<Declared> components = new ArrayList<>();
    for (String pattern : wanted) {
      Pattern name = Pattern.compile("\\Q" + pattern.replace("*", "\\E[^/]*\\Q") + "\\E");
      List<JarEntry> found =
          entries.stream().filter(entry -> name.matcher(entry.getName()).matches()).toList();
      if (found.isEmpty()) {
        throw Refusal.jar(
            "its manifest names component description %s, which it lacks".formatted(pattern));
      }
      for (JarEntry entry : found) {
        try (InputStream in = jar.getInputStream(entry)) {
          components.addAll(descriptions.read(entry.getName(), in));
        } catch (XMLStreamException e) {
          throw Refusal.jar(
              "its component description %s cannot be read: %s"
                  .formatted(
                      entry.getName(),
                      String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
      }
    }
    return components;
  }

  private static void check(List<Declared> components, Set<String> classes) throws Refusal {
    Set<String> seen = new HashSet<>();
    for (Declared component : components) {
      if (!classes.contains(component.implementation())) {
        throw Refusal.jar(
            "component %s is implemented by class %s, which the jar lacks"
                .formatted(component.name(), component.implementation()));
      }
      String plugin = component.plugin();
      if (plugin.isEmpty()) {
        continue;
      }
      if (!seen.add(plugin)) {
        throw Refusal.jar("two of its components say they are plugin %s".formatted(plugin));
      }
      if (!plugin.equals(component.name())) {
        throw Refusal.jar(
            "component %s says it is plugin %s; both names must be the same"
                .formatted(component.name(), plugin));
      }
      checkUri(plugin);
    }
  }

  private static void checkUri(String plugin) throws Refusal {
    try {
      PluginUri.parse(plugin);
    } catch (InvalidArgumentException e) {
      throw Refusal.jar("plugin %s is misnamed: want <type>.v<n>.<id>".formatted(plugin));
    }
  }
}
