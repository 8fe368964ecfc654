// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The four tests of one field. */
final class Selectors {
  private Selectors() {}

  static Filter present(List<String> path) {
    return fields -> fields.field(path).isPresent();
  }

  static Filter equal(List<String> path, String value) {
    return fields -> fields.field(path).filter(value::equals).isPresent();
  }

  static Filter notEqual(List<String> path, String value) {
    return fields -> !fields.field(path).orElse("").equals(value);
  }

  static Filter matching(List<String> path, String regex) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      return fields -> false;
    }
    return fields -> finds(pattern, fields.field(path).orElse(""));
  }

  /**
   * The expression is a client's: one that backtracks without end must not hold a thread, and one
   * that recurses too deep must not fail whoever filters.
   */
  private static boolean finds(Pattern pattern, String value) {
    Matcher matcher = pattern.matcher(new SteppedText(value, new Steps()));
    try {
      return matcher.find();
    } catch (TooManyStepsException | StackOverflowError e) {
      return false;
    }
  }

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Steps {
    private static final int MAX = 1_000_000;
    private int taken;

    void take() {
      if (++taken > MAX) {
        throw new TooManyStepsException();
      }
    }
  }

  /** Text that counts how often it is looked at. */
  private record SteppedText(CharSequence text, Steps steps) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps.take();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new SteppedText(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
