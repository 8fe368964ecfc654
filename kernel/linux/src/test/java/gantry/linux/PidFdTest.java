// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PidFdTest {
  @TempDir Path dir;

  /** A process whose parent is gone, so that somebody else will wait for it. */
  private int orphan(String script) throws Exception {
    Path fifo = dir.resolve("fifo");
    Fifos.create(fifo, 0600);
    Path number = dir.resolve("number");
    String line = "(read x < %s; %s) & echo $! > %s".formatted(fifo, script, number);
    try (PidWatcher watcher = new PidWatcher();
        Fd none = Fd.open(Path.of("/dev/null"), Open.READ_WRITE)) {
      int parent =
          new Spawn(Path.of("/bin/sh"), List.of("-c", line))
              .descriptors(List.of(none, none, none))
              .start();
      watcher.watch(parent).get(30, TimeUnit.SECONDS);
    }
    return Integer.parseInt(Files.readString(number).strip());
  }

  private PidWatcher.End endOf(String script) throws Exception {
    int pid = orphan(script);
    try (PidWatcher watcher = new PidWatcher()) {
      var end = watcher.watch(pid);
      Files.writeString(dir.resolve("fifo"), "go\n");
      return end.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void exitOfAnotherProcesssChild_isKnown() throws Exception {
    assertThat(endOf("exit 42").status()).hasValue(42);
  }

  @Test
  void signalThatEndedAnotherProcesssChild_isKnown() throws Exception {
    assertThat(endOf("kill -9 $(cut -d' ' -f4 /proc/self/stat)").status()).hasValue(137);
  }
}
