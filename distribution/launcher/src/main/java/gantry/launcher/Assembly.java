// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was put together when the daemon was packed, {@code lib/gantry/gantryd.assembly}: a line
 * {@code packages=…} with what the floor exports, and for each bundle in the order of starting a
 * line {@code bundle=<symbolic name>=<path below home>}.
 *
 * @param packages in the form of an {@code Export-Package} header
 * @param bundles paths by symbolic name
 */
record Assembly(String packages, Map<String, String> bundles) {
  private static final String PACKAGES = "packages=";
  private static final String BUNDLE = "bundle=";

  static Assembly read(Path home) throws LaunchException {
    Path file = home.resolve("lib/gantry/gantryd.assembly");
    String packages = "";
    Map<String, String> bundles = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(PACKAGES)) {
          packages = line.substring(PACKAGES.length());
        } else if (line.startsWith(BUNDLE)) {
          int equals = line.indexOf('=', BUNDLE.length());
          bundles.put(line.substring(BUNDLE.length(), equals), line.substring(equals + 1));
        }
      }
    } catch (IOException e) {
      throw new LaunchException("read what ships; is the installation complete?", e);
    }
    return new Assembly(packages, bundles);
  }
}
