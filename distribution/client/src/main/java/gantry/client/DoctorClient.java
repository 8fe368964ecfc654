// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.doctor.Examination;
import gantry.doctor.Examination.Blind;
import gantry.doctor.Examination.Case;
import gantry.doctor.Order;
import gantry.errors.InternalException;
import gantry.wire.DoctorWire;
import io.gantry.admin.v1.DoctorGrpc;
import io.gantry.admin.v1.ExamineResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What was left behind, in all namespaces. */
public final class DoctorClient {
  private final Wire wire;

  DoctorClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * Looks, and mends what the order says.
   *
   * @throws gantry.errors.InvalidArgumentException if a kind is asked for that nobody knows
   * @throws gantry.errors.UnimplementedException if the daemon has no doctor
   */
  public Examination examine(Order order) {
    Iterator<ExamineResponse> answers =
        wire.list(DoctorGrpc.getExamineMethod(), DoctorWire.encode(order));
    List<Case> cases = new ArrayList<>();
    List<Blind> blind = new ArrayList<>();
    while (answers.hasNext()) {
      ExamineResponse answer = answers.next();
      switch (answer.getItemCase()) {
        case FOUND -> cases.add(DoctorWire.decode(answer.getFound()));
        case BLIND -> blind.add(DoctorWire.decode(answer.getBlind()));
        case SUMMARY -> {
          return new Examination(
              cases, blind, answer.getSummary().getYoung(), answer.getSummary().getUnlisted());
        }
        default ->
            throw new InternalException("examine: the daemon answers with something unknown");
      }
    }
    throw new InternalException("examine: the daemon ended without a summary");
  }
}
