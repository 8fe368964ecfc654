// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.DataLossException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnavailableException;
import java.sql.SQLException;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean to a caller. The only place that knows them. */
final class SqlErrors {
  private static final int PRIMARY_MASK = 0xff;

  private SqlErrors() {}

  static GantryException map(String operation, SQLException e) {
    String what = operation.strip();
    return switch (primaryCode(e)) {
      case 5, 6 -> // BUSY, LOCKED
          new UnavailableException(
              what + ": another process holds the database for too long: try again", e);
      case 3, 8, 14 -> // PERM, READONLY, CANTOPEN
          new FailedPreconditionException(
              what
                  + ": cannot open or write it: check the permissions and whether its filesystem is"
                  + " read-only: "
                  + e.getMessage(),
              e);
      case 10 -> // IOERR
          new InternalException(
              what + ": i/o error: check the disk and the kernel's log: " + e.getMessage(), e);
      case 11, 26 -> // CORRUPT, NOTADB
          new DataLossException(
              what
                  + ": not a sound database: restore it from a backup or move it aside: "
                  + e.getMessage(),
              e);
      case 13 -> // FULL
          new ResourceExhaustedException(what + ": no space left: free some and try again", e);
      default -> new InternalException(what + ": " + e.getMessage(), e);
    };
  }

  private static int primaryCode(SQLException e) {
    int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code : e.getErrorCode();
    return code & PRIMARY_MASK;
  }
}
