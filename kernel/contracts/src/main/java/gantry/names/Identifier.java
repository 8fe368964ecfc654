// SPDX-License-Identifier: Apache-2.0
package gantry.names;

import gantry.errors.InvalidArgumentException;
import java.util.regex.Pattern;

/**
 * The rule for ids of namespaces, containers, tasks, execs, leases and sandboxes: at most 76
 * characters, alphanumeric runs joined by single {@code .}, {@code _} or {@code -}.
 */
public final class Identifier {
  private static final int LENGTH_MAX = 76;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*");

  /** The rule as containerd prints it. */
  private static final String SHOWN = "[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*";

  private Identifier() {}

  /**
   * Returns {@code id} if it is a valid identifier.
   *
   * @param what names the thing in the error message, for example {@code container id}
   * @throws InvalidArgumentException if it is empty, too long or malformed
   */
  public static String require(String what, String id) {
    return requireAs(what + ": ", id);
  }

  /** As {@link #require(String, String)}, in the bare words that clients of containerd know. */
  public static String require(String id) {
    return requireAs("", id);
  }

  private static String requireAs(String prefix, String id) {
    if (id.isEmpty()) {
      throw new InvalidArgumentException(prefix + "identifier must not be empty");
    }
    if (id.length() > LENGTH_MAX) {
      throw new InvalidArgumentException(
          "%sidentifier \"%s\" greater than maximum length (%d characters)"
              .formatted(prefix, id, LENGTH_MAX));
    }
    if (!FORM.matcher(id).matches()) {
      throw new InvalidArgumentException(
          "%sidentifier \"%s\" must match ^%s$".formatted(prefix, id, SHOWN));
    }
    return id;
  }
}
