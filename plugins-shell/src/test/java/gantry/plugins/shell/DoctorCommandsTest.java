// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.doctor.Doctor;
import gantry.doctor.Examination;
import gantry.doctor.Examination.Blind;
import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Finding;
import gantry.doctor.Order;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.testkit.FixedHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DoctorCommandsTest {
  private final List<Order> orders = new ArrayList<>();
  private final DoctorCommands commands = new DoctorCommands();
  private Examination answer = new Examination(List.of(), List.of(), 0, 0);

  private final class Fake implements Doctor {
    @Override
    public SortedMap<String, SortedSet<String>> kinds() {
      return new TreeMap<>();
    }

    @Override
    public Examination examine(Order order) {
      orders.add(order);
      return answer;
    }
  }

  private String typed(String... words) {
    commands.bindDoctor(FixedHandle.of(new Fake()));
    return commands.doctor(words);
  }

  @Test
  void doctor_withoutWords_looksForEverythingThatIsAMinuteOld() {
    assertThat(typed()).isEqualTo("nothing found");
    assertThat(orders)
        .containsExactly(new Order(Set.of(), Set.of(), false, Duration.ofSeconds(60)));
  }

  @Test
  void words_becomeTheOrder() {
    typed("mount", "--fix", "mount,blob", "--dry-run", "--min-age", "5s");

    assertThat(orders)
        .containsExactly(
            new Order(Set.of("mount"), Set.of("mount", "blob"), true, Duration.ofSeconds(5)));
    assertThatThrownBy(() -> typed("--fix")).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> typed("--min-age", "x")).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void findings_areATable_andWhoCouldNotLookIsNamed() {
    Finding finding = new Finding("mount", "/m", null, -1, "ns/c", "left", "unmount it");
    answer =
        new Examination(
            List.of(
                new Case(finding, "p", Outcome.FOUND, ""),
                new Case(finding, "p", Outcome.KEPT, "busy")),
            List.of(new Blind("q", "it hangs")),
            3,
            0);

    assertThat(typed().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "KIND NAME SINCE OWNER OUTCOME REASON",
            "mount /m - ns/c found left",
            "mount /m - ns/c kept busy",
            "q could not look: it hangs",
            "3 too young to be shown");
  }

  @Test
  void doctor_withoutThePlugin_saysSo() {
    assertThatThrownBy(commands::doctor).isInstanceOf(UnavailableException.class);
  }
}
