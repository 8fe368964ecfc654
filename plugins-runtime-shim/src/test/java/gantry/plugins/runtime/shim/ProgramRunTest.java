// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import gantry.errors.DeadlineExceededException;
import gantry.errors.UnknownException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.PidFd;
import gantry.linux.Poll;
import gantry.plugins.runtime.shim.ProgramRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProgramRunTest {
  @TempDir Path directory;

  @Test
  void run_passesInputAndEnvironment_andKeepsTheStreamsApart() {
    Result result = shell("cat; echo $NAME >&2; pwd; exit 7", "told", Duration.ofMinutes(1)).run();

    assertThat(result.status()).isEqualTo(7);
    assertThat(result.output().toStringUtf8()).isEqualTo("told" + directory + "\n");
    assertThat(result.errors().toStringUtf8()).isEqualTo("value\n");
    assertThat(result.words()).isEqualTo("value");
  }

  @Test
  void run_ofOneThatSaysTooMuch_keepsTheBeginning() {
    Result result =
        shell("head -c 3000000 /dev/zero; echo done >&2", "", Duration.ofMinutes(1)).run();

    assertThat(result.status()).isZero();
    assertThat(result.output().size()).isEqualTo(1 << 20);
    assertThat(result.words()).isEqualTo("done");
  }

  @Test
  void run_ofOneThatLeavesADaemonWithItsOutput_doesNotWaitForThat() throws IOException {
    Path fifo = directory.resolve("end");
    Result result =
        shell("mkfifo end; (read x < end) & echo started", "", Duration.ofMinutes(1)).run();

    assertThat(result.output().toStringUtf8()).isEqualTo("started\n");
    Files.writeString(fifo, "x\n");
  }

  @Test
  void run_ofOneThatTakesTooLong_killsWhatItHasStarted() throws Exception {
    ProgramRun run =
        shell("sleep 1000 & echo $! > pid; echo stuck >&2; wait", "", Duration.ofSeconds(3));

    assertThatThrownBy(run::run)
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("stuck");
    awaitEnd(Integer.parseInt(Files.readString(directory.resolve("pid")).strip()));
  }

  @Test
  void run_ofNoProgram_isAnError() {
    ProgramRun run =
        new ProgramRun(
            List.of("/no/such"), directory, Map.of(), ByteString.EMPTY, Duration.ofMinutes(1));

    assertThatThrownBy(run::run)
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("/no/such");
  }

  private static void awaitEnd(int pid) throws IOException {
    try (PidFd process = PidFd.open(pid)) {
      int events = Poll.await(process.fd(), Poll.READABLE, Duration.ofMinutes(1));
      assertThat(events).isNotZero();
    } catch (ErrnoException e) {
      assertThat(e.errno()).isEqualTo(Errno.ESRCH);
    }
  }

  private ProgramRun shell(String script, String input, Duration limit) {
    return new ProgramRun(
        List.of("/bin/sh", "-c", script),
        directory,
        Map.of("NAME", "value", "PATH", "/usr/bin:/bin"),
        ByteString.copyFromUtf8(input),
        limit);
  }
}
