// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A person at a terminal, with {@code gantry}. */
@Timeout(180)
class AttachTest {
  @TempDir Path home;

  private Daemon daemon;
  private Shell shell;

  @BeforeEach
  void start() {
    daemon = Daemon.gantry(home).start();
    shell = daemon.shell(Map.of());
    bash(
        "ctr images import --base-name docker.io/library/busybox %s"
            .formatted(Daemon.installed().resolve("share/gantry/busybox.tar")));
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void shell_isLeftByKeys_attachedToAgain_andItsExitCodeIsOurs() throws Exception {
    try (Person person =
        new Person(daemon, "gantry run -t docker.io/library/busybox:latest sh sh")) {
      person.type("echo be''gun\r");
      person.awaitSeen("begun");
      person.type("\020\021");
      assertThat(person.exitCode()).isZero();
    }
    assertThat(bash("ctr tasks ls").output()).contains("RUNNING");

    // whoever types other keys than those named stays
    try (Person person = new Person(daemon, "gantry tasks attach --detach-keys ctrl-],x sh")) {
      // until it is attached the terminal takes the interrupt for itself
      person.type("echo he''re\r");
      person.awaitSeen("here");
      person.type("\020\021\003echo ag''ain\r");
      person.awaitSeen("again");
      person.type("\035x");
      assertThat(person.exitCode()).isZero();
    }

    try (Person person = new Person(daemon, "stty cols 77 rows 33; gantry tasks attach sh")) {
      person.type("echo th''ird\r");
      person.awaitSeen("third");
      person.type("stty size; exit 7\r");
      person.awaitSeen("33 77");
      assertThat(person.exitCode()).isEqualTo(7);
    }
    assertThat(bash("ctr tasks ls -q").output()).isEmpty();
  }

  @Test
  void exec_isLeftByKeys_andGoesOn() throws Exception {
    bash("ctr run -d docker.io/library/busybox:latest web sleep 10000");
    try (Person person = new Person(daemon, "gantry tasks exec -t --exec-id more web sh")) {
      person.type("echo be''gun\r");
      person.awaitSeen("begun");
      person.type("\020\021");
      assertThat(person.exitCode()).isZero();
    }
    assertThat(bash("ctr tasks ps web").output()).contains("more");
  }

  private Shell.Result bash(String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as(script + "\n" + result.all()).isZero();
    return result;
  }
}
