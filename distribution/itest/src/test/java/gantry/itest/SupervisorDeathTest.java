// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process that holds all containers is killed. {@code -Dgantry.supervisor.containers} says how
 * many it holds, half of them with terminals at which somebody sits.
 */
@Timeout(1200)
class SupervisorDeathTest {
  private static final int CONTAINERS = Integer.getInteger("gantry.supervisor.containers", 8);

  /** What is told if the kernel does not say how a process ended that is nobody's child. */
  private static final int UNKNOWN = 255;

  @TempDir Path home;

  private final List<Person> persons = new ArrayList<>();
  private Daemon daemon;
  private Supervisors containers;

  @BeforeEach
  void start() throws IOException {
    daemon = Daemon.gantry(home).start();
    containers = new Supervisors(daemon, "sd" + ProcessHandle.current().pid() + "-");
  }

  @AfterEach
  void stop() {
    daemon.close();
    persons.forEach(Person::close);
  }

  @Test
  void killedSupervisor_isFollowedByOneThatGoesOnWithEverything() throws Exception {
    makePlain();
    makeTerminals();
    Map<String, String> before = containers.tasks();
    assertThat(before).hasSize(CONTAINERS);
    assertThat(before.values()).allMatch(task -> task.endsWith(" RUNNING"));
    long first = containers.supervisor();

    kill(first);

    containers.awaitAnother(first);
    assertThat(before.values())
        .allMatch(task -> ProcessHandle.of(pid(task)).isPresent(), "has its process");
    // the tasks of one that is being started are shown as unknown for so long
    containers.check("while ctr tasks ls | grep -q UNKNOWN; do sleep 0.1; done");
    Map<String, String> after = containers.tasks();
    assertThat(after).as("%s", containers.log()).isEqualTo(before);
    assertThat(containers.status("terminals lost")).isEqualTo("0");
    assertTerminalsGoOn();
    assertExecsRun(before);
    assertEndsAreTold();
    containers.awaitNothingLeft();
  }

  private int plain() {
    return CONTAINERS - CONTAINERS / 2;
  }

  private void makePlain() {
    for (int i = 0; i < plain(); i++) {
      String id = containers.id("p" + i);
      containers.check(
          "ctr run -d %s %s %s"
              .formatted(containers.seeingFlags(), id, Supervisors.untilFlag("p" + i, 10 + i)));
    }
  }

  /** The first one counts, the others answer. */
  private void makeTerminals() throws Exception {
    for (int i = 0; i < CONTAINERS / 2; i++) {
      String script = i == 0 ? counting("t0", 100) : echoing(100 + i);
      persons.add(
          new Person(
              daemon,
              "ctr run -t --rm %s %s %s"
                  .formatted(containers.seeingFlags(), containers.id("t" + i), script)));
    }
    persons.getFirst().awaitSeen("n10.");
    for (Person person : persons.subList(1, persons.size())) {
      person.awaitSeen("begun");
    }
  }

  private static String counting(String flag, int status) {
    return "sh -c 'i=0; while [ ! -e /flags/%s ]; do i=$((i+1)); echo n$i.; sleep 0.05; done;"
            .formatted(flag)
        + " exit %d'".formatted(status);
  }

  private static String echoing(int status) {
    return "sh -c 'stty -echo; echo be\"\"gun; while read x; do [ $x = end ] && exit %d;"
            .formatted(status)
        + " echo got-$x; done'";
  }

  private void assertTerminalsGoOn() throws Exception {
    Person counting = persons.getFirst();
    int shown = counting.seen().length();
    int last = lastNumber(counting.seen());
    // some that were under way at the kill may be missing, but not those from now on
    for (int next = last + 2; next < last + 20; next++) {
      counting.awaitSeen("n" + next + ".", shown);
    }
    for (Person person : persons.subList(1, persons.size())) {
      person.type("afterwards\r");
      person.awaitSeen("got-afterwards");
    }
  }

  private static int lastNumber(String numbers) {
    int end = numbers.lastIndexOf('.');
    return Integer.parseInt(numbers.substring(numbers.lastIndexOf('n', end) + 1, end));
  }

  private void assertExecsRun(Map<String, String> tasks) {
    for (String id : tasks.keySet()) {
      Shell.Result run =
          containers.shell().bash("ctr tasks exec --exec-id e1 " + id + " sh -c 'exit 3'");
      assertThat(run.exitCode()).as("exec in %s: %s", id, run.all()).isEqualTo(3);
    }
  }

  private void assertEndsAreTold() throws Exception {
    containers.raise("t0");
    for (Person person : persons.subList(1, persons.size())) {
      person.type("end\r");
    }
    for (int i = 0; i < persons.size(); i++) {
      assertTold(persons.get(i).exitCode(), 100 + i);
    }
    for (int i = 0; i < plain(); i++) {
      containers.raise("p" + i);
      assertTold(containers.end(containers.id("p" + i)), 10 + i);
    }
  }

  /** Linux tells how others' children ended, to who had their handle, from 6.15 on. */
  private static void assertTold(int status, int right) {
    if (kernelTells()) {
      assertThat(status).isEqualTo(right);
    } else {
      assertThat(status).isIn(right, UNKNOWN);
    }
  }

  private static boolean kernelTells() {
    String[] version = System.getProperty("os.version").split("\\D", 3);
    int major = Integer.parseInt(version[0]);
    return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 15);
  }

  @Test
  void containerThatEndsWhileThereIsNoSupervisor_isReportedAsItEnded() throws Exception {
    String id = containers.id("alone");
    String other = containers.id("other");
    for (String name : List.of(id, other)) {
      containers.check(
          "ctr run -d %s %s %s"
              .formatted(containers.seeingFlags(), name, Supervisors.untilFlag(name, 23)));
    }
    long ending = containers.pid(id);
    // a daemon that is stopped starts no other supervisor
    signal("STOP", daemon.process().pid());
    try {
      kill(containers.supervisor());
      containers.raise(id);
      containers.check(
          "while grep -q '^State:.[^Z]' /proc/%d/status 2> /dev/null; do sleep 0.1; done"
              .formatted(ending));
    } finally {
      signal("CONT", daemon.process().pid());
    }

    assertTold(containers.end(id), 23);
    containers.raise(other);
    assertTold(containers.end(other), 23);
    containers.awaitNothingLeft();
  }

  @Test
  void supervisorAndDaemonKilledTogether_leaveContainersThatAreFoundAgain() throws Exception {
    for (int i = 0; i < 2; i++) {
      String plain = containers.id("p" + i);
      containers.check(
          "ctr run -d %s %s %s"
              .formatted(containers.seeingFlags(), plain, Supervisors.untilFlag(plain, 30 + i)));
      String terminal = containers.id("t" + i);
      // whose terminal goes is told so by the kernel
      try (Person person =
          new Person(
              daemon,
              "ctr run -d -t %s %s sh -c 'trap : HUP; while [ ! -e /flags/%s ]; do sleep 0.1;"
                      .formatted(containers.seeingFlags(), terminal, terminal)
                  + " done; exit %d'".formatted(40 + i))) {
        assertThat(person.exitCode()).as(person.seen()).isZero();
      }
    }
    Map<String, String> before = containers.tasks();
    assertThat(before).hasSize(4);

    signal("KILL", daemon.process().pid(), containers.supervisor());
    daemon.kill();
    daemon.start();

    containers.check("until [ $(ctr tasks ls | grep -c RUNNING) -eq 4 ]; do sleep 0.1; done");
    assertThat(containers.tasks()).as("%s", containers.log()).isEqualTo(before);
    assertThat(containers.status("terminals lost")).isEqualTo("2");
    assertExecsRun(before);
    for (int i = 0; i < 2; i++) {
      for (String id : List.of(containers.id("p" + i), containers.id("t" + i))) {
        containers.raise(id);
      }
      assertTold(containers.end(containers.id("p" + i)), 30 + i);
      assertTold(containers.end(containers.id("t" + i)), 40 + i);
    }
    containers.awaitNothingLeft();
  }

  private static long pid(String task) {
    return Long.parseLong(task.split(" ", -1)[0]);
  }

  private void kill(long pid) {
    signal("KILL", pid);
  }

  private void signal(String signal, Long... pids) {
    String all = List.of(pids).stream().map(String::valueOf).reduce("", (a, b) -> a + " " + b);
    containers.check("kill -" + signal + all);
  }
}
