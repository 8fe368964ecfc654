// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;

/** Opens connections to one file and brings its tables up to date. */
final class Connections {
  private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);
  private static final int LOG_SIZE_LIMIT = 16 << 20;

  private final Path file;

  Connections(Path file) {
    this.file = file.toAbsolutePath();
  }

  Path file() {
    return file;
  }

  /** The one connection that writes. */
  PreparedConnection openWriter(Schema schema) {
    Path directory = file.resolveSibling("");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new FailedPreconditionException("open %s: %s".formatted(file, e), e);
    }
    SqliteLibrary.unpackBelow(directory);
    PreparedConnection connection = open(config());
    try {
      useWriteAheadLog(connection);
      migrate(connection, schema);
      return connection;
    } catch (GantryException e) {
      connection.close();
      throw e;
    }
  }

  /** A connection that cannot write. */
  PreparedConnection openReader() {
    PreparedConnection connection = open(config());
    connection.run("PRAGMA query_only = 1");
    return connection;
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
    config.setJournalSizeLimit(LOG_SIZE_LIMIT);
    config.enforceForeignKeys(true);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setGetGeneratedKeys(false);
    return config;
  }

  private PreparedConnection open(SQLiteConfig config) {
    try {
      return new PreparedConnection(config.createConnection("jdbc:sqlite:" + file));
    } catch (SQLException e) {
      throw SqlErrors.map("open " + file, e);
    }
  }

  private void useWriteAheadLog(PreparedConnection connection) {
    List<String> mode = new ArrayList<>();
    connection.each("PRAGMA journal_mode = WAL", row -> mode.add(row.text(1)));
    if (!mode.contains("wal")) {
      throw new FailedPreconditionException(
          "open %s: its filesystem cannot share memory between processes: use a local one"
              .formatted(file));
    }
  }

  private void migrate(PreparedConnection connection, Schema schema) {
    if (version(connection) == schema.version()) {
      return;
    }
    connection.run("BEGIN IMMEDIATE");
    try {
      int found = version(connection);
      requireKnown(found, schema);
      int stepsTaken = found == 0 ? 0 : found % Schema.STEPS_MAX;
      if (stepsTaken < schema.steps().size()) {
        schema.steps().subList(stepsTaken, schema.steps().size()).forEach(connection::script);
        connection.run("PRAGMA user_version = " + schema.version());
      }
      connection.run("COMMIT");
    } catch (GantryException e) {
      connection.run("ROLLBACK");
      throw e;
    }
  }

  private void requireKnown(int found, Schema schema) {
    int generation = found / Schema.STEPS_MAX;
    if (found != 0 && generation != schema.generation()) {
      throw new FailedPreconditionException(
          "open %s: it is of generation %d, this version knows %d: use the version that wrote it"
              .formatted(file, generation, schema.generation()));
    }
  }

  private static int version(PreparedConnection connection) {
    List<Long> version = new ArrayList<>();
    connection.each("PRAGMA user_version", row -> version.add(row.number(1)));
    return version.getFirst().intValue();
  }
}
