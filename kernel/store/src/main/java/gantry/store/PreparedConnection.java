// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A connection that keeps its statements prepared. For one thread at a time. */
final class PreparedConnection implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> idle = new HashMap<>();

  PreparedConnection(Connection connection) {
    this.connection = connection;
  }

  int run(String sql, @Nullable Object... parameters) {
    return with(sql, parameters, statement -> statement.execute() ? 0 : statement.getUpdateCount());
  }

  /** Shows rows until there is none or the sink has had enough. */
  void each(String sql, Predicate<Row> sink, @Nullable Object... parameters) {
    with(
        sql,
        parameters,
        statement -> {
          int count = 0;
          try (ResultSet result = statement.executeQuery()) {
            Row row = new Row(result);
            while (result.next() && sink.test(row)) {
              count++;
            }
          }
          return count;
        });
  }

  @FunctionalInterface
  private interface Use {
    int of(PreparedStatement statement) throws SQLException;
  }

  /** A statement is kept only if nothing went wrong with it. */
  private int with(String sql, @Nullable Object[] parameters, Use use) {
    try {
      PreparedStatement statement = take(sql);
      boolean isGood = false;
      try {
        bind(statement, parameters);
        int result = use.of(statement);
        isGood = true;
        return result;
      } finally {
        if (isGood) {
          give(sql, statement);
        } else {
          statement.close();
        }
      }
    } catch (SQLException e) {
      throw SqlErrors.map(sql, e);
    }
  }

  /** Executes a script statement by statement. */
  void script(String script) {
    for (String sql : script.split(";\\s*(?:\n|$)", -1)) {
      if (!sql.isBlank()) {
        run(sql);
      }
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw SqlErrors.map("close database", e);
    }
  }

  /** A statement in use is not in the map, so that a query inside the same query gets its own. */
  private PreparedStatement take(String sql) throws SQLException {
    PreparedStatement statement = idle.remove(sql);
    return statement == null ? connection.prepareStatement(sql) : statement;
  }

  private void give(String sql, PreparedStatement statement) throws SQLException {
    PreparedStatement other = idle.put(sql, statement);
    if (other != null) {
      other.close();
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      bind(statement, i + 1, parameters[i]);
    }
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setObject(index, null);
      case String text -> statement.setString(index, text);
      case Long number -> statement.setLong(index, number);
      case Integer number -> statement.setLong(index, number);
      case Boolean flag -> statement.setLong(index, flag ? 1 : 0);
      case Instant time -> statement.setLong(index, Row.nanos(time));
      case byte[] bytes -> statement.setBytes(index, bytes);
      default -> throw new IllegalArgumentException("parameter of " + value.getClass());
    }
  }
}
