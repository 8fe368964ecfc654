// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One row of a result, valid while it is mapped. Columns count from 1. */
public final class Row {
  private static final long NANOS = 1_000_000_000;

  private final ResultSet result;

  Row(ResultSet result) {
    this.result = result;
  }

  /** A column that is never null. */
  public String text(int column) {
    String text = findText(column);
    if (text == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return text;
  }

  /** A column that may be null. */
  public @Nullable String findText(int column) {
    return get(() -> result.getString(column));
  }

  /** An integer; 0 if it is null. */
  public long number(int column) {
    return get(() -> result.getLong(column));
  }

  /** Bytes; null if it is null. */
  public byte @Nullable [] findBytes(int column) {
    return get(() -> result.getBytes(column));
  }

  /** A time as {@link Transaction} writes it. */
  public Instant time(int column) {
    return instant(number(column));
  }

  /** The column's truth: not 0. */
  public boolean flag(int column) {
    return number(column) != 0;
  }

  static long nanos(Instant instant) {
    return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  private static <T extends @Nullable Object> T get(Column<T> column) {
    try {
      return column.get();
    } catch (SQLException e) {
      throw SqlErrors.map("read row", e);
    }
  }

  @FunctionalInterface
  private interface Column<T extends @Nullable Object> {
    T get() throws SQLException;
  }
}
