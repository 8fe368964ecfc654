// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import gantry.errors.InvalidArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Reads one filter string from left to right. */
final class SelectorReader {
  private static final int END = -1;

  private final String text;
  private int at;

  SelectorReader(String text) {
    this.text = text;
  }

  /** All selectors of the string; the object must satisfy each. */
  Filter readAll() {
    List<Filter> all = new ArrayList<>();
    all.add(selector());
    while (current() != END) {
      if (current() != ',') {
        throw error(at, "unexpected input: " + Character.toString(current()));
      }
      at++;
      all.add(selector());
    }
    List<Filter> selectors = List.copyOf(all);
    return selectors.size() == 1
        ? selectors.getFirst()
        : fields -> selectors.stream().allMatch(selector -> selector.matches(fields));
  }

  private Filter selector() {
    List<String> path = path();
    if (current() == END || current() == ',') {
      return Selectors.present(path);
    }
    return switch (operator()) {
      case "==" -> Selectors.equal(path, value(false));
      case "!=" -> Selectors.notEqual(path, value(false));
      default -> Selectors.matching(path, value(true));
    };
  }

  private List<String> path() {
    List<String> path = new ArrayList<>();
    path.add(field());
    while (current() == '.') {
      at++;
      path.add(field());
    }
    return List.copyOf(path);
  }

  private String field() {
    skipSpace();
    if (isQuote(current())) {
      return quoted(false);
    }
    if (!isFieldRune(current())) {
      throw error(at, "expected field or quoted");
    }
    return run(SelectorReader::isFieldRune);
  }

  private String operator() {
    skipSpace();
    int start = at;
    if (!isOperatorRune(current())) {
      throw error(start, "expected an operator (\"==\"|\"!=\"|\"~=\")");
    }
    String operator = run(SelectorReader::isOperatorRune);
    return switch (operator) {
      case "==", "!=", "~=" -> operator;
      default -> throw error(start, "unsupported operator \"%s\"".formatted(operator));
    };
  }

  private String value(boolean isRegex) {
    skipSpace();
    if (isQuote(current())) {
      return quoted(isRegex);
    }
    if (!isValueRune(current()) || current() == '.' || isOperatorRune(current())) {
      throw error(at, "expected value or quoted");
    }
    return run(SelectorReader::isValueRune);
  }

  private String quoted(boolean isRegex) {
    int start = at;
    int quote = current();
    Quoted literal;
    try {
      literal = Quoted.read(text, start);
    } catch (QuotedException e) {
      throw error(start, e.reason());
    }
    if (quote != '"' && !isRegex) {
      throw error(start, "invalid quote encountered");
    }
    at = literal.end();
    return literal.value();
  }

  private String run(IntPredicate wanted) {
    int start = at;
    while (wanted.test(current())) {
      at += Character.charCount(current());
    }
    return text.substring(start, at);
  }

  private void skipSpace() {
    while (isSpace(current())) {
      at += Character.charCount(current());
    }
    if (current() == 0) {
      throw error(at, "unexpected null");
    }
  }

  private int current() {
    return at < text.length() ? text.codePointAt(at) : END;
  }

  private InvalidArgumentException error(int position, String reason) {
    if (position >= text.length()) {
      return new InvalidArgumentException("filters: parse error: [%s]: %s".formatted(text, reason));
    }
    int next = position + Character.charCount(text.codePointAt(position));
    return new InvalidArgumentException(
        "filters: parse error: [%s >|%s|< %s]: %s"
            .formatted(
                text.substring(0, position),
                text.substring(position, next),
                text.substring(next),
                reason));
  }

  private static boolean isQuote(int rune) {
    return rune == '"' || rune == '/' || rune == '|';
  }

  private static boolean isFieldRune(int rune) {
    return rune == '_'
        || (rune >= 'a' && rune <= 'z')
        || (rune >= 'A' && rune <= 'Z')
        || (rune >= '0' && rune <= '9');
  }

  private static boolean isOperatorRune(int rune) {
    return rune == '=' || rune == '!' || rune == '~';
  }

  private static boolean isSpace(int rune) {
    return rune != END
        && (Character.isWhitespace(rune) || Character.isSpaceChar(rune) || rune == 0x85);
  }

  private static boolean isValueRune(int rune) {
    if (rune == END || rune == ',' || isSpace(rune)) {
      return false;
    }
    return switch (Character.getType(rune)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
