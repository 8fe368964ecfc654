// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.doctor.Examination;
import gantry.doctor.Examination.Blind;
import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Finding;
import gantry.doctor.Order;
import io.gantry.admin.v1.BlindPlugin;
import io.gantry.admin.v1.ExamineRequest;
import io.gantry.admin.v1.ExamineResponse;
import io.gantry.admin.v1.ExamineSummary;
import io.gantry.admin.v1.FoundCase;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Messages of the doctor service. */
public final class DoctorWire {
  private DoctorWire() {}

  /** What to do. */
  public static ExamineRequest encode(Order order) {
    return ExamineRequest.newBuilder()
        .addAllKinds(order.kinds())
        .addAllFix(order.fix())
        .setDryRun(order.isDryRun())
        .setMinAgeNanos(order.minAge().toNanos())
        .build();
  }

  /** What to do. */
  public static Order decode(ExamineRequest request) {
    return new Order(
        Set.copyOf(request.getKindsList()),
        Set.copyOf(request.getFixList()),
        request.getDryRun(),
        Duration.ofNanos(Math.max(0, request.getMinAgeNanos())));
  }

  /** A finding. */
  public static ExamineResponse encode(Case found) {
    Finding finding = found.finding();
    FoundCase.Builder builder =
        FoundCase.newBuilder()
            .setKind(finding.kind())
            .setName(finding.name())
            .setBytes(finding.bytes())
            .setOwner(finding.owner())
            .setReason(finding.reason())
            .setRemedy(finding.remedy())
            .setPlugin(found.plugin())
            .setOutcome(encode(found.outcome()))
            .setMessage(found.message());
    Instant since = finding.since();
    if (since != null) {
      builder.setSince(TimestampWire.encode(since));
    }
    return ExamineResponse.newBuilder().setFound(builder).build();
  }

  /** A finding. */
  public static Case decode(FoundCase found) {
    Finding finding =
        new Finding(
            found.getKind(),
            found.getName(),
            found.hasSince() ? TimestampWire.decode(found.getSince()) : null,
            found.getBytes(),
            found.getOwner(),
            found.getReason(),
            found.getRemedy());
    return new Case(finding, found.getPlugin(), decode(found.getOutcome()), found.getMessage());
  }

  /** A plugin that could not look. */
  public static ExamineResponse encode(Blind blind) {
    return ExamineResponse.newBuilder()
        .setBlind(BlindPlugin.newBuilder().setPlugin(blind.plugin()).setReason(blind.reason()))
        .build();
  }

  /** A plugin that could not look. */
  public static Blind decode(BlindPlugin blind) {
    return new Blind(blind.getPlugin(), blind.getReason());
  }

  /** The end of an examination. */
  public static ExamineResponse summary(Examination examination) {
    return ExamineResponse.newBuilder()
        .setSummary(
            ExamineSummary.newBuilder()
                .setYoung(examination.young())
                .setUnlisted(examination.unlisted()))
        .build();
  }

  private static FoundCase.Outcome encode(Outcome outcome) {
    return switch (outcome) {
      case FOUND -> FoundCase.Outcome.OUTCOME_FOUND;
      case WOULD_MEND -> FoundCase.Outcome.OUTCOME_WOULD_MEND;
      case MENDED -> FoundCase.Outcome.OUTCOME_MENDED;
      case KEPT -> FoundCase.Outcome.OUTCOME_KEPT;
    };
  }

  private static Outcome decode(FoundCase.Outcome outcome) {
    return switch (outcome) {
      case OUTCOME_WOULD_MEND -> Outcome.WOULD_MEND;
      case OUTCOME_MENDED -> Outcome.MENDED;
      case OUTCOME_KEPT -> Outcome.KEPT;
      default -> Outcome.FOUND;
    };
  }
}
