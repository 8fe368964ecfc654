// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.util.Set;

/**
 * When a container is started anew.
 *
 * @param retries of {@code on-failure}: how often at most; 0 for without end
 */
record Policy(Kind kind, int retries) {
  private static final Set<String> YES = Set.of("1", "t", "T", "true", "TRUE", "True");

  /** The kinds that containerd knows. */
  enum Kind {
    NO,
    ALWAYS,
    ON_FAILURE,
    UNLESS_STOPPED
  }

  /**
   * Reads the label; one that is not there means always.
   *
   * @throws InvalidArgumentException if there is no such policy
   */
  static Policy of(Labels labels) {
    String text = labels.find(WellKnown.RESTART_POLICY).orElse("");
    String[] parts = text.split(":", -1);
    Kind kind =
        switch (parts[0]) {
          case "", "always" -> Kind.ALWAYS;
          case "no" -> Kind.NO;
          case "on-failure" -> Kind.ON_FAILURE;
          case "unless-stopped" -> Kind.UNLESS_STOPPED;
          default ->
              throw new InvalidArgumentException(
                  "restart policy \"%s\" not supported: want no, always, on-failure[:n] or unless-stopped"
                      .formatted(text));
        };
    if (parts.length == 1) {
      return new Policy(kind, 0);
    }
    if (kind != Kind.ON_FAILURE) {
      throw new InvalidArgumentException(
          "restart policy \"%s\" not support max retry count".formatted(parts[0]));
    }
    return new Policy(kind, number("max retry count", parts[1]));
  }

  /**
   * Whether a task that does not run is to be started.
   *
   * @param exitStatus of the task; 0 if there is none
   * @throws InvalidArgumentException if the count of restarts is not a number
   */
  boolean wants(Labels labels, int exitStatus) {
    return switch (kind) {
      case NO -> false;
      case ALWAYS -> true;
      case ON_FAILURE -> exitStatus != 0 && (retries == 0 || strictCount(labels) < retries);
      case UNLESS_STOPPED ->
          !YES.contains(labels.find(WellKnown.RESTART_EXPLICITLY_STOPPED).orElse(""));
    };
  }

  /** How often a container was started anew; what is not a number counts as 0. */
  static int count(Labels labels) {
    try {
      return strictCount(labels);
    } catch (InvalidArgumentException e) {
      return 0;
    }
  }

  private static int strictCount(Labels labels) {
    return labels
        .find(WellKnown.RESTART_COUNT)
        .map(text -> number("restart count", text))
        .orElse(0);
  }

  private static int number(String what, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException("invalid %s: %s".formatted(what, text), e);
    }
  }
}
