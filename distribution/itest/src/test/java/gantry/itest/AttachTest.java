// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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
    try (Person person = new Person("gantry run -t docker.io/library/busybox:latest sh sh")) {
      person.type("echo be''gun\r");
      person.awaitSeen("begun");
      person.type("\020\021");
      assertThat(person.exitCode()).isZero();
    }
    assertThat(bash("ctr tasks ls").output()).contains("RUNNING");

    // whoever types other keys than those named stays
    try (Person person = new Person("gantry tasks attach --detach-keys ctrl-],x sh")) {
      person.type("\020\021\003echo ag''ain\r");
      person.awaitSeen("again");
      person.type("\035x");
      assertThat(person.exitCode()).isZero();
    }

    try (Person person = new Person("stty cols 77 rows 33; gantry tasks attach sh")) {
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
    try (Person person = new Person("gantry tasks exec -t --exec-id more web sh")) {
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

  /** Runs a command at a terminal of its own, which {@code script} makes. */
  private final class Person implements AutoCloseable {
    private final StringBuilder seen = new StringBuilder();
    private final Process process;
    private final OutputStream keys;
    private final Reader screen;

    Person(String command) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(List.of("script", "-qefc", command, "/dev/null"))
              .redirectErrorStream(true);
      builder.environment().put("GANTRY_ADDRESS", daemon.address().toString());
      builder
          .environment()
          .put("PATH", Daemon.installed().resolve("bin") + ":" + System.getenv("PATH"));
      process = builder.start();
      keys = process.getOutputStream();
      screen = new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1);
    }

    void type(String text) throws IOException {
      keys.write(text.getBytes(StandardCharsets.ISO_8859_1));
      keys.flush();
    }

    void awaitSeen(String text) throws IOException {
      while (seen.indexOf(text) < 0) {
        int next = screen.read();
        assertThat(next).as("%s in %s", text, seen).isNotNegative();
        seen.append((char) next);
      }
    }

    int exitCode() throws IOException, InterruptedException {
      for (int next = screen.read(); next >= 0; next = screen.read()) {
        seen.append((char) next);
      }
      return process.waitFor();
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
