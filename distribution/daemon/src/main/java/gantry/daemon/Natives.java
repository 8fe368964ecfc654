// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Takes native libraries out of their jars, so that no program has to unpack them at each start.
 *
 * @param directory with one directory below it for each machine, by the name that {@code uname -m}
 *     has for it
 */
record Natives(Path directory) {
  private static final Map<String, String> MACHINES =
      Map.of(
          "com/sun/jna/linux-x86-64/libjnidispatch.so", "x86_64",
          "com/sun/jna/linux-aarch64/libjnidispatch.so", "aarch64",
          "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so", "x86_64",
          "org/sqlite/native/Linux/aarch64/libsqlitejdbc.so", "aarch64");

  void take(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile())) {
      for (Map.Entry<String, String> library : MACHINES.entrySet()) {
        ZipEntry entry = jar.getEntry(library.getKey());
        if (entry != null) {
          Path place = directory.resolve(library.getValue());
          Files.createDirectories(place);
          String name = library.getKey().substring(library.getKey().lastIndexOf('/') + 1);
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, place.resolve(name), StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }
}
