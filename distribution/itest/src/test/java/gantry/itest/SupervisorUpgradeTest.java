// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process that holds all containers becomes another version of itself. */
@Timeout(1200)
class SupervisorUpgradeTest {
  private static final Pattern NUMBER = Pattern.compile("n(\\d+)\\.\r*\n");
  private static final int ENDING = 8;

  /** As fast as the terminal takes it. */
  private static final String COUNTING =
      "sh -c 'i=0; while [ ! -e /flags/%s ]; do i=$((i+1)); echo n$i.; done; exit %d'";

  @TempDir Path home;

  private final List<Process> clients = new ArrayList<>();
  private Daemon daemon;
  private Supervisors containers;

  @BeforeEach
  void start() throws IOException {
    daemon = Daemon.gantry(home).start();
    containers = new Supervisors(daemon, "su" + ProcessHandle.current().pid() + "-");
  }

  @AfterEach
  void stop() {
    daemon.close();
    for (Process client : clients) {
      client.descendants().forEach(ProcessHandle::destroyForcibly);
      client.destroyForcibly();
    }
  }

  @Test
  void upgrade_isNoticedByNobody() throws Exception {
    Process running =
        waiting(
            "ctr run --rm %s %s %s"
                .formatted(
                    containers.seeingFlags(), id("running"), Supervisors.untilFlag("running", 5)));
    containers.check(
        "ctr run -d %s %s %s; ctr tasks kill -s KILL %s; until ctr tasks rm %s; do sleep 0.1; done"
            .formatted(
                containers.seeingFlags(),
                id("started"),
                Supervisors.untilFlag("started", 6),
                id("started"),
                id("started")));
    Process started = waiting("ctr tasks start " + id("started"));
    for (int i = 0; i < ENDING; i++) {
      containers.check(
          "ctr run -d %s %s sh -c 'while [ ! -e /flags/go ]; do sleep 0.1; done; sleep 0.%d; exit %d'"
              .formatted(containers.seeingFlags(), id("e" + i), 2 * i % 10, 20 + i));
    }
    try (Person person =
        new Person(
            daemon,
            "ctr run -t --rm %s %s %s"
                .formatted(
                    containers.seeingFlags(), id("counting"), COUNTING.formatted("counted", 17)))) {
      person.awaitSeen("n1000.");
      awaitTasks(ENDING + 3);
      long pid = containers.supervisor();

      containers.raise("go");
      containers.check("gantry supervisor upgrade");

      int shown = person.seen().length();
      assertThat(containers.supervisor()).isEqualTo(pid);
      assertThat(containers.status("upgrades")).isEqualTo("1");
      containers.raise("running");
      containers.raise("started");
      assertThat(end(running)).isEqualTo(5);
      assertThat(end(started)).isEqualTo(6);
      for (int i = 0; i < ENDING; i++) {
        assertThat(containers.end(id("e" + i))).isEqualTo(20 + i);
      }
      person.awaitSeen("0.", shown + 1000);
      containers.raise("counted");
      assertThat(person.exitCode()).isEqualTo(17);
      assertCounts(person.seen());
    }
    containers.check("ctr containers rm " + id("started"));
    containers.awaitNothingLeft();
  }

  @Test
  void upgradeToAProgramThatIsNotFit_isRefusedAndNothingChanges() throws Exception {
    Path program = home.resolve("unfit");
    Files.writeString(program, "#!/bin/sh\necho this is rubbish\nexit 1\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    try (Person person =
        new Person(
            daemon,
            "ctr run -t --rm %s %s %s"
                .formatted(
                    containers.seeingFlags(), id("counting"), COUNTING.formatted("counted", 18)))) {
      person.awaitSeen("n100.");
      awaitTasks(1);
      long pid = containers.supervisor();

      Shell.Result refused =
          containers.shell().bash("gantry supervisor upgrade --program " + program);

      int shown = person.seen().length();
      assertThat(refused.exitCode()).isNotZero();
      assertThat(refused.errors()).contains("this is rubbish").contains("the old version goes on");
      assertThat(containers.supervisor()).isEqualTo(pid);
      assertThat(containers.status("upgrades")).isEqualTo("0");
      containers.check("ctr tasks exec --exec-id e1 " + id("counting") + " true");
      person.awaitSeen("0.", shown + 1000);
      containers.raise("counted");
      assertThat(person.exitCode()).isEqualTo(18);
      assertCounts(person.seen());
    }
    containers.awaitNothingLeft();
  }

  private String id(String name) {
    return containers.id(name);
  }

  /** Begins what waits for a container that ends when told to. */
  private Process waiting(String command) {
    Process client = containers.shell().start(command);
    clients.add(client);
    return client;
  }

  private static int end(Process client) throws InterruptedException {
    assertThat(client.waitFor(120, TimeUnit.SECONDS)).as("a client ends").isTrue();
    return client.exitValue();
  }

  private void awaitTasks(int count) {
    containers.check(
        "until [ $(ctr tasks ls | grep -c RUNNING) -eq %d ]; do sleep 0.1; done".formatted(count));
  }

  /** Every number once, in order. */
  private static void assertCounts(String seen) {
    Matcher numbers = NUMBER.matcher(seen);
    int expected = 1;
    for (; numbers.find(); expected++) {
      assertThat(Integer.parseInt(numbers.group(1)))
          .as("of all numbers, near %d", numbers.start())
          .isEqualTo(expected);
    }
    assertThat(expected).isGreaterThan(1000);
  }
}
