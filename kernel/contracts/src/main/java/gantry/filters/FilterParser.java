// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the filter language of containerd's API.
 *
 * <pre>
 * filters   = any of the strings; no string, and an empty string, match everything
 * string    = selector { "," selector }           all of them
 * selector  = path [ operator value ]             without operator: the field is there
 * path      = field { "." field }
 * field     = [A-Za-z0-9_]+ | quoted
 * operator  = "==" | "!=" | "~="                  ~= finds a regular expression anywhere in the value
 * value     = run of characters up to "," or space | quoted
 * quoted    = "..." with the escapes of Go; as the value of ~= also /.../ and |...|
 * </pre>
 *
 * A field that is not there equals nothing, differs from everything, and counts as empty for {@code
 * ~=}. Space may stand before a token. A regular expression that is malformed matches nothing.
 */
public final class FilterParser {
  private FilterParser() {}

  /**
   * Parses filters of which one must match.
   *
   * @throws gantry.errors.InvalidArgumentException if one is malformed; the message shows where
   */
  public static Filter parse(List<String> filters) {
    if (filters.isEmpty()) {
      return Filter.ALL;
    }
    List<Filter> any = new ArrayList<>(filters.size());
    for (String text : filters) {
      any.add(text.isEmpty() ? Filter.ALL : new SelectorReader(text).readAll());
    }
    return any.size() == 1 ? any.getFirst() : anyOf(List.copyOf(any));
  }

  private static Filter anyOf(List<Filter> filters) {
    return fields -> filters.stream().anyMatch(filter -> filter.matches(fields));
  }
}
