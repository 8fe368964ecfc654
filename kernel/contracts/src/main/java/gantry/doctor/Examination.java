// SPDX-License-Identifier: Apache-2.0
package gantry.doctor;

import java.util.List;

/**
 * What an examination found and did.
 *
 * @param cases by kind and name
 * @param blind plugins that could not look
 * @param young how many findings were too young to be reported
 * @param unlisted how many more there are than are listed; they were not mended
 */
public record Examination(List<Case> cases, List<Blind> blind, int young, int unlisted) {
  /** Copies the lists. */
  public Examination {
    cases = List.copyOf(cases);
    blind = List.copyOf(blind);
  }

  /** What came of a finding. */
  public enum Outcome {
    /** It was not to be mended. */
    FOUND,
    /** It would have been mended. */
    WOULD_MEND,
    /** It is gone. */
    MENDED,
    /** It was to be mended and is still there; the message says why. */
    KEPT
  }

  /**
   * One finding.
   *
   * @param plugin who found it
   * @param message why it was kept; else empty
   */
  public record Case(Finding finding, String plugin, Outcome outcome, String message) {
    /** The same with what came of it. */
    public Case with(Outcome now, String why) {
      return new Case(finding, plugin, now, why);
    }
  }

  /**
   * A plugin that could not look, so that nothing is known of what it owns.
   *
   * @param reason in words for people
   */
  public record Blind(String plugin, String reason) {}
}
