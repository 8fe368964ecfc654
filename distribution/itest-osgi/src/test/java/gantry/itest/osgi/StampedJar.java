// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A jar that ships, made again as another version: its number, and a resource that has it too. */
final class StampedJar {
  private static final String NOT_EXCLUSIVE =
      "name=\"plugin.exclusive\" type=\"Boolean\" value=\"false\"";
  private static final String STAMP = "gantry-stamp";

  private final Path shipped;
  private final Path directory;
  private UnaryOperator<String> components = text -> text;
  private String imports = "";

  /** Of the jar of this name, into this directory. */
  StampedJar(String name, Path directory) throws IOException {
    this.shipped =
        Installation.bundles().stream()
            .filter(jar -> jar.endsWith(name + ".jar"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + name));
    this.directory = directory;
  }

  /** Its plugins want to be alone while they are replaced. */
  StampedJar exclusive() {
    components = text -> text.replace(NOT_EXCLUSIVE, NOT_EXCLUSIVE.replace("false", "true"));
    return this;
  }

  /** It imports a package as well. */
  StampedJar importing(String name) {
    imports = "," + name;
    return this;
  }

  /** Writes it. */
  Path write(String version) throws IOException {
    Path path = Files.createDirectories(directory).resolve(version + ".jar");
    try (JarFile jar = new JarFile(shipped.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      manifest.getMainAttributes().putValue("Bundle-Version", version);
      String packages = manifest.getMainAttributes().getValue("Import-Package");
      manifest.getMainAttributes().putValue("Import-Package", packages + imports);
      try (OutputStream file = Files.newOutputStream(path);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        for (JarEntry entry : Collections.list(jar.entries())) {
          if (!entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
            copy(jar, entry, out);
          }
        }
        out.putNextEntry(new JarEntry(STAMP));
        out.write(version.getBytes(StandardCharsets.UTF_8));
      }
    }
    return path;
  }

  private void copy(JarFile jar, JarEntry entry, JarOutputStream out) throws IOException {
    out.putNextEntry(new JarEntry(entry.getName()));
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes();
      boolean component = entry.getName().startsWith("OSGI-INF/");
      out.write(
          component
              ? components
                  .apply(new String(bytes, StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8)
              : bytes);
    }
  }
}
