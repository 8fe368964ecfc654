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

  private Identifier() {}

  /**
   * Returns {@code id} if it is a valid identifier.
   *
   * @param what names the thing in the error message, for example {@code container id}
   * @throws InvalidArgumentException if it is empty, too long or malformed
   */
  public static String require(String what, String id) {
    if (id.isEmpty()) {
      throw new InvalidArgumentException(what + ": identifier must not be empty");
    }
    if (id.length() > LENGTH_MAX) {
      throw new InvalidArgumentException(
          "%s: identifier \"%s\" greater than maximum length (%d characters)"
              .formatted(what, id, LENGTH_MAX));
    }
    if (!FORM.matcher(id).matches()) {
      throw new InvalidArgumentException(
          "%s: identifier \"%s\" must match ^%s$".formatted(what, id, FORM.pattern()));
    }
    return id;
  }
}
