// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.doctor.Examination;
import gantry.doctor.Examination.Blind;
import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.doctor.Order;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.testkit.FixedHandle;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HouseDoctorTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private HouseDoctor doctor;

  @BeforeEach
  void open() {
    doctor = doctor(Duration.ofSeconds(60));
  }

  private static HouseDoctor doctor(Duration limit) {
    return new HouseDoctor(limit, limit, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  /** Finds what it was given, until that is mended. */
  private static class Shelf implements Inspector {
    final List<Finding> findings = new ArrayList<>();
    final List<String> mended = new ArrayList<>();
    private final Set<String> kinds;

    Shelf(String... kinds) {
      this.kinds = Set.of(kinds);
    }

    @Override
    public Set<String> kinds() {
      return kinds;
    }

    @Override
    public List<Finding> inspect() {
      return List.copyOf(findings);
    }

    @Override
    public void mend(Finding finding) {
      mended.add(finding.name());
      findings.removeIf(finding::isSame);
    }
  }

  private void bind(String plugin, Inspector inspector) {
    doctor.bindInspector(FixedHandle.of(plugin, inspector));
  }

  private static Finding finding(String kind, String name, @Nullable Instant since) {
    return new Finding(kind, name, since, 1, "ns/x", "because", "remove it");
  }

  private static Order look() {
    return new Order(Set.of(), Set.of(), false, Duration.ZERO);
  }

  private static Order fix(boolean isDryRun, String... kinds) {
    return new Order(Set.of(), Set.of(kinds), isDryRun, Duration.ZERO);
  }

  private static List<String> outcomes(Examination examination) {
    return examination.cases().stream()
        .map(found -> found.finding().name() + " " + found.outcome())
        .toList();
  }

  @Test
  void findings_ofAllInspectors_areSortedByKindAndName() {
    Shelf first = new Shelf("mount");
    first.findings.add(finding("mount", "b", null));
    first.findings.add(finding("mount", "a", null));
    Shelf second = new Shelf("blob");
    second.findings.add(finding("blob", "z", null));
    bind("p1", first);
    bind("p2", second);

    Examination examination = doctor.examine(look());

    assertThat(outcomes(examination)).containsExactly("z FOUND", "a FOUND", "b FOUND");
    assertThat(examination.cases().getFirst().plugin()).isEqualTo("p2");
    assertThat(doctor.kinds()).hasToString("{p1=[mount], p2=[blob]}");
  }

  @Test
  void finding_thatIsSeenOnlyOnce_isNone() {
    bind(
        "p",
        new Shelf("mount") {
          private int looks;

          @Override
          public List<Finding> inspect() {
            looks++;
            return List.of(finding("mount", "passing " + looks, null));
          }
        });

    assertThat(doctor.examine(look()).cases()).isEmpty();
  }

  @Test
  void finding_thatIsTooYoung_isCountedAndNotMended() {
    Shelf shelf = new Shelf("mount");
    shelf.findings.add(finding("mount", "young", NOW.minusSeconds(1)));
    shelf.findings.add(finding("mount", "old", NOW.minusSeconds(3)));
    bind("p", shelf);

    Examination examination =
        doctor.examine(new Order(Set.of(), Set.of("all"), false, Duration.ofSeconds(2)));

    assertThat(outcomes(examination)).containsExactly("old MENDED");
    assertThat(examination.young()).isEqualTo(1);
    assertThat(shelf.mended).containsExactly("old");
  }

  @Test
  void dryRun_mendsNothing() {
    Shelf shelf = new Shelf("mount");
    shelf.findings.add(finding("mount", "a", null));
    bind("p", shelf);

    assertThat(outcomes(doctor.examine(fix(true, "all")))).containsExactly("a WOULD_MEND");
    assertThat(shelf.mended).isEmpty();
  }

  @Test
  void onlyTheKindsOrdered_areMended() {
    Shelf shelf = new Shelf("mount", "blob");
    shelf.findings.add(finding("mount", "a", null));
    shelf.findings.add(finding("blob", "b", null));
    bind("p", shelf);

    assertThat(outcomes(doctor.examine(fix(false, "mount"))))
        .containsExactly("b FOUND", "a MENDED");
  }

  @Test
  void onlyTheKindsAskedFor_areShown() {
    Shelf shelf = new Shelf("mount", "blob");
    shelf.findings.add(finding("mount", "a", null));
    shelf.findings.add(finding("blob", "b", null));
    bind("p", shelf);

    Order order = new Order(Set.of("blob"), Set.of(), false, Duration.ZERO);

    assertThat(outcomes(doctor.examine(order))).containsExactly("b FOUND");
  }

  @Test
  void whatIsRefused_isTriedAgainAfterOthersWereMended() {
    Shelf shelf =
        new Shelf("cgroup", "process") {
          @Override
          public void mend(Finding finding) {
            if (finding.kind().equals("cgroup") && mended.isEmpty()) {
              throw new FailedPreconditionException("a process is in it");
            }
            super.mend(finding);
          }
        };
    shelf.findings.add(finding("cgroup", "group", null));
    shelf.findings.add(finding("process", "1@2", null));
    bind("p", shelf);

    assertThat(outcomes(doctor.examine(fix(false, "all"))))
        .containsExactly("group MENDED", "1@2 MENDED");
  }

  @Test
  void whatIsRefusedForGood_isKeptWithItsReason() {
    Shelf shelf =
        new Shelf("mount") {
          @Override
          public void mend(Finding finding) {
            throw new FailedPreconditionException("somebody has it");
          }
        };
    shelf.findings.add(finding("mount", "a", null));
    bind("p", shelf);

    Case kept = doctor.examine(fix(false, "all")).cases().getFirst();

    assertThat(kept.outcome()).isEqualTo(Outcome.KEPT);
    assertThat(kept.message()).isEqualTo("somebody has it");
  }

  @Test
  void inspector_thatHangs_isNamedAndOthersAnswer() {
    doctor = doctor(Duration.ofMillis(200));
    Shelf shelf = new Shelf("mount");
    shelf.findings.add(finding("mount", "a", null));
    bind("good", shelf);
    CountDownLatch never = new CountDownLatch(1);
    bind(
        "hanging",
        new Shelf("blob") {
          @Override
          public List<Finding> inspect() {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new UnavailableException("interrupted", e);
            }
            return List.of();
          }
        });

    Examination examination = doctor.examine(look());

    assertThat(outcomes(examination)).containsExactly("a FOUND");
    assertThat(examination.blind()).extracting(Blind::plugin).containsExactly("hanging");
  }

  @Test
  void inspector_thatFails_isNamedWithItsReason() {
    bind(
        "failing",
        new Shelf("blob") {
          @Override
          public List<Finding> inspect() {
            throw new UnavailableException("the disk is gone");
          }
        });

    assertThat(doctor.examine(look()).blind())
        .containsExactly(new Blind("failing", "the disk is gone"));
  }

  @Test
  void kind_thatNobodyKnows_isRefusedBeforeAnythingIsMended() {
    Shelf shelf = new Shelf("mount");
    shelf.findings.add(finding("mount", "a", null));
    bind("p", shelf);

    assertThatThrownBy(() -> doctor.examine(fix(false, "mount", "moutn")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("\"moutn\"")
        .hasMessageContaining("there are mount");
    assertThat(shelf.mended).isEmpty();
  }

  @Test
  void inspector_thatWasUnbound_isNotAsked() {
    Shelf shelf = new Shelf("mount");
    shelf.findings.add(finding("mount", "a", null));
    FixedHandle<Inspector> handle = FixedHandle.of("p", shelf);
    doctor.bindInspector(handle);
    doctor.unbindInspector(handle);

    assertThat(doctor.examine(look()).cases()).isEmpty();
  }
}
