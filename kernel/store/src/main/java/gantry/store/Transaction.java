// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One transaction, valid while its {@link Work} runs and on that thread only. Parameters are
 * strings, integers, booleans (0 or 1), instants (nanoseconds since 1970), byte arrays and null.
 * Statements are kept prepared, so SQL must be constant text: never put values into it.
 */
public final class Transaction {
  private final PreparedConnection connection;
  private boolean isOpen = true;

  Transaction(PreparedConnection connection) {
    this.connection = connection;
  }

  /**
   * Executes a statement without a result.
   *
   * @return the number of rows it changed
   */
  public int run(String sql, @Nullable Object... parameters) {
    requireOpen();
    return connection.run(sql, parameters);
  }

  /** Shows every row of a result. */
  public void each(String sql, Consumer<Row> sink, @Nullable Object... parameters) {
    requireOpen();
    connection.each(
        sql,
        row -> {
          sink.accept(row);
          return true;
        },
        parameters);
  }

  /** All rows of a result. */
  public <T> List<T> list(String sql, Function<Row, T> mapper, @Nullable Object... parameters) {
    List<T> all = new ArrayList<>();
    each(sql, row -> all.add(mapper.apply(row)), parameters);
    return all;
  }

  /** The first row of a result, if there is one. */
  public <T> Optional<T> find(String sql, Function<Row, T> mapper, @Nullable Object... parameters) {
    requireOpen();
    AtomicReference<@Nullable T> found = new AtomicReference<>();
    connection.each(
        sql,
        row -> {
          found.set(mapper.apply(row));
          return false;
        },
        parameters);
    return Optional.ofNullable(found.get());
  }

  /** The integer in the first column of the first row; 0 if there is no row. */
  public long number(String sql, @Nullable Object... parameters) {
    return find(sql, row -> row.number(1), parameters).orElse(0L);
  }

  /** Whether the result has a row. */
  public boolean exists(String sql, @Nullable Object... parameters) {
    return find(sql, row -> true, parameters).isPresent();
  }

  void close() {
    isOpen = false;
  }

  private void requireOpen() {
    if (!isOpen) {
      throw new IllegalStateException("use transaction: it has ended");
    }
  }
}
