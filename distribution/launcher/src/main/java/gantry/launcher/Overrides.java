// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bundles that were installed or updated while a daemon ran: {@code <root>/bundles/<symbolic
 * name>.jar}.
 */
final class Overrides {
  private static final String SUFFIX = ".jar";

  private Overrides() {}

  /** Jars by symbolic name. */
  static Map<String, Path> list(Path root) throws LaunchException {
    Path directory = root.resolve("bundles");
    Map<String, Path> overrides = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return overrides;
    }
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path jar : jars) {
        String file = String.valueOf(jar.getFileName());
        overrides.put(file.substring(0, file.length() - SUFFIX.length()), jar);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new LaunchException("list changed bundles in " + directory, e);
    }
    return overrides;
  }
}
