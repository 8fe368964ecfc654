// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether this process is confined to a user namespace, where devices cannot be made. */
final class UserNamespace {
  private static final Path MAP = Path.of("/proc/self/uid_map");
  private static final String WHOLE = "0 0 4294967295";

  private UserNamespace() {}

  static boolean isConfined() throws IOException {
    return Files.exists(MAP)
        && !Files.readString(MAP).strip().replaceAll("\\s+", " ").equals(WHOLE);
  }
}
