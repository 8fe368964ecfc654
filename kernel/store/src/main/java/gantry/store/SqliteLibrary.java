// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.FailedPreconditionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.OSInfo;

/**
 * Puts SQLite's native library where we want it. Left alone, the driver unpacks it into the
 * directory for temporary files at each start and a killed process leaves it there.
 */
final class SqliteLibrary {
  private static final String PATH_PROPERTY = "org.sqlite.lib.path";
  private static final String FILE = "libsqlitejdbc.so";

  private SqliteLibrary() {}

  /** Does nothing if this process has a library already or the launcher has named one. */
  static synchronized void unpackBelow(Path directory) {
    if (System.getProperty(PATH_PROPERTY) != null) {
      return;
    }
    Path home = directory.resolve(".sqlite").resolve(SQLiteJDBCLoader.getVersion());
    try {
      unpack(home.resolve(FILE));
    } catch (IOException e) {
      throw new FailedPreconditionException(
          "unpack sqlite library below %s: %s".formatted(home, e), e);
    }
    System.setProperty(PATH_PROPERTY, home.toString());
  }

  /** Written anew each time: a library that a crash cut short must not stay. */
  private static void unpack(Path target) throws IOException {
    String resource =
        "/org/sqlite/native/%s/%s".formatted(OSInfo.getNativeLibFolderPathForCurrentOS(), FILE);
    Path fresh = target.resolveSibling(FILE + "." + ProcessHandle.current().pid());
    try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("the driver has no library for this host: " + resource);
      }
      Files.createDirectories(target.resolveSibling(""));
      Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
