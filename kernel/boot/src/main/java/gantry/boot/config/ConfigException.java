// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.List;
import java.util.stream.Collectors;

/** Raised when a configuration cannot be used; tells all that is wrong with it at once. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All problems, in the order of files and lines. */
  public List<Problem> problems() {
    return problems;
  }
}
