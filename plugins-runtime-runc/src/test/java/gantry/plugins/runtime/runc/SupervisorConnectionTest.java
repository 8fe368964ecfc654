// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SupervisorConnectionTest {
  @TempDir Path directory;

  @Test
  void end_whileASupervisorStarts_stillReachesIt() throws Exception {
    Path socket = directory.resolve("s.sock");
    CountDownLatch starting = new CountDownLatch(1);
    CountDownLatch ending = new CountDownLatch(1);
    AtomicReference<FakeSupervisor> started = new AtomicReference<>();
    try (SupervisorConnection connection =
        new SupervisorConnection(
            socket,
            () -> {
              starting.countDown();
              ending.await();
              started.set(new FakeSupervisor(socket));
            })) {
      connection.openLater(Duration.ZERO);
      starting.await();

      connection.expectEnd();
      ending.countDown();

      assertThat(connection.client(Duration.ofSeconds(10), false).isOpen()).isTrue();
    } finally {
      started.get().close();
    }
  }

  @Test
  void end_beforeASupervisorStarts_startsNone() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    try (SupervisorConnection connection =
        new SupervisorConnection(directory.resolve("s.sock"), starts::incrementAndGet)) {
      connection.openLater(Duration.ofMinutes(1));

      connection.expectEnd();

      assertThatThrownBy(() -> connection.client(Duration.ofSeconds(10), false))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("the daemon stops");
      assertThat(starts).hasValue(0);
    }
  }
}
