// SPDX-License-Identifier: Apache-2.0
package gantry.boot.host;

import gantry.plugins.DaemonInfo;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the daemon calls itself. */
public final class Identity {
  /** The release of containerd whose API this daemon speaks; clients compare it. */
  private static final String API = "v2.3.4";

  private static final String UUID_FILE = "uuid";

  private Identity() {}

  /**
   * Who runs.
   *
   * @param home where the daemon is installed; null for none
   * @param directory where the uuid is kept
   */
  public static DaemonInfo of(@Nullable Path home, Path directory) throws IOException {
    Properties release = release(home);
    return new DaemonInfo(
        version(release),
        release.getProperty("revision", "unknown"),
        uuid(directory),
        ProcessHandle.current().pid());
  }

  /** The line that {@code --version} prints. */
  public static String line(@Nullable Path home) throws IOException {
    Properties release = release(home);
    return "gantryd gantry %s %s"
        .formatted(version(release), release.getProperty("revision", "unknown"));
  }

  private static String version(Properties release) {
    return API + "+gantry." + release.getProperty("version", "0.0.0");
  }

  private static Properties release(@Nullable Path home) throws IOException {
    Properties release = new Properties();
    Path file = home == null ? null : home.resolve("lib/gantry/release.properties");
    if (file != null && Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        release.load(reader);
      }
    }
    return release;
  }

  private static String uuid(Path directory) throws IOException {
    Path file = directory.resolve(UUID_FILE);
    if (Files.exists(file)) {
      String known = Files.readString(file).strip();
      if (!known.isEmpty()) {
        return known;
      }
    }
    String fresh = UUID.randomUUID().toString();
    Path written =
        Files.writeString(directory.resolve(UUID_FILE + ".new"), fresh, StandardCharsets.UTF_8);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    return fresh;
  }
}
