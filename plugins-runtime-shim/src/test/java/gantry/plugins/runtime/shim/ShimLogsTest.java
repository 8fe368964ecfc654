// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShimLogsTest {
  @TempDir Path directory;

  @Test
  void shimThatWritesMuch_isNeverHeldUp() throws Exception {
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    try (ShimLogs logs = new ShimLogs()) {
      logs.open("c1", first);
      logs.open("c2", second);

      // Far more than a pipe holds.
      CompletableFuture<Void> one = write(first);
      CompletableFuture<Void> two = write(second);

      CompletableFuture.allOf(one, two).get(60, TimeUnit.SECONDS);
      logs.close(first);
      write(second).get(60, TimeUnit.SECONDS);
      assertThat(Files.exists(first)).isTrue();
    }
  }

  private static CompletableFuture<Void> write(Path fifo) {
    return CompletableFuture.runAsync(
        () -> {
          byte[] line = "time=now level=debug msg=busy\n".getBytes(StandardCharsets.UTF_8);
          try (OutputStream out = Files.newOutputStream(fifo)) {
            for (int i = 0; i < 20_000; i++) {
              out.write(line);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        command -> Thread.ofPlatform().daemon().start(command));
  }
}
