// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says; it wins over files.
 *
 * @param home where the daemon is installed; null in tests
 * @param rebuild how the database is to be rebuilt, {@code sizes} or {@code hashes}; nothing is
 *     served then
 */
public record Flags(
    @Nullable Path home,
    @Nullable String config,
    @Nullable String address,
    @Nullable String root,
    @Nullable String state,
    @Nullable String level,
    @Nullable String rebuild) {
  /** No flags at all. */
  public static final Flags NONE = new Flags(null, null, null, null, null, null, null);

  /**
   * Reads arguments of the form {@code name=value}.
   *
   * @throws IllegalArgumentException on an argument that is not of that form
   */
  public static Flags parse(String... arguments) {
    Map<String, String> values = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("want name=value, not " + argument);
      }
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    String home = values.get("home");
    return new Flags(
        home == null ? null : Path.of(home),
        values.get("config"),
        values.get("address"),
        values.get("root"),
        values.get("state"),
        values.get("level"),
        values.get("rebuild"));
  }
}
