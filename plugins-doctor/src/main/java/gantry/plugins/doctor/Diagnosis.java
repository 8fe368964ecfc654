// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.doctor;

import gantry.doctor.Examination.Blind;
import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Finding;
import gantry.doctor.Order;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What two looks agree on.
 *
 * @param cases by kind and name
 * @param young how many were too young
 */
record Diagnosis(List<Case> cases, List<Blind> blind, int young) {
  private static final Comparator<Case> BY_NAME =
      Comparator.comparing((Case found) -> found.finding().kind())
          .thenComparing(found -> found.finding().name());

  /** Keeps what both looks saw, as the second saw it. */
  static Diagnosis of(
      Look<List<Finding>> first, Look<List<Finding>> second, Order order, Instant now) {
    List<Case> cases = new ArrayList<>();
    int young = 0;
    for (Map.Entry<String, List<Finding>> answer : second.answers().entrySet()) {
      List<Finding> before = first.answers().getOrDefault(answer.getKey(), List.of());
      for (Finding finding : answer.getValue()) {
        if (!order.looksFor(finding.kind()) || before.stream().noneMatch(finding::isSame)) {
          continue;
        }
        if (isYoung(finding, order, now)) {
          young++;
        } else {
          cases.add(new Case(finding, answer.getKey(), Outcome.FOUND, ""));
        }
      }
    }
    cases.sort(BY_NAME);
    return new Diagnosis(cases, second.blind(), young);
  }

  private static boolean isYoung(Finding finding, Order order, Instant now) {
    Instant since = finding.since();
    return since != null && since.plus(order.minAge()).isAfter(now);
  }
}
