// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import containerd.services.version.v1.VersionGrpc;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients wait for the next daemon where they would else find nobody. */
class RestartTest {
  private static final int CLIENTS = 4;

  @TempDir Path home;

  @Test
  void clientThatStaysConnected_noticesNoRestart() throws Exception {
    try (Daemon daemon = started();
        Channels channels = new Channels(daemon.address())) {
      var version = VersionGrpc.newBlockingStub(channels.bare());
      AtomicBoolean enough = new AtomicBoolean();
      Queue<Exception> failures = new ConcurrentLinkedQueue<>();
      Thread client =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!enough.get()) {
                      try {
                        version
                            .withDeadlineAfter(60, TimeUnit.SECONDS)
                            .version(Empty.getDefaultInstance());
                      } catch (StatusRuntimeException e) {
                        failures.add(e);
                      }
                    }
                  });

      daemon.stop();
      daemon.start();

      enough.set(true);
      client.join();
      assertThat(failures).isEmpty();
      assertThat(daemon.shell(Map.of()).bash("ctr tasks ls").output()).contains("RUNNING");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsThatComeWhileNoDaemonRuns_areAnsweredByTheNext(boolean killed) throws Exception {
    try (Daemon daemon = started()) {
      if (killed) {
        daemon.kill();
      } else {
        daemon.stop();
      }
      Shell shell = daemon.shell(Map.of());
      List<Process> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(shell.start("ctr --connect-timeout 60s version"));
      }

      daemon.start();

      for (Process client : clients) {
        assertThat(client.waitFor()).isZero();
      }
    }
  }

  /** With a container, and somebody who keeps the sockets. */
  private Daemon started() {
    Daemon daemon = Daemon.gantry(home).start();
    try {
      Shell shell = daemon.shell(Map.of());
      Shell.Result run =
          shell.bash(
              "ctr images import --base-name docker.io/library/busybox %s > /dev/null"
                      .formatted(Daemon.installed().resolve("share/gantry/busybox.tar"))
                  + " && ctr run -d docker.io/library/busybox:latest stays sleep 1000");
      assertThat(run.exitCode()).as(run.all()).isZero();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!daemon.logText().contains("keeps the sockets")) {
        assertThat(System.nanoTime()).as(daemon.logText()).isLessThan(end);
        shell.bash("ctr version");
      }
      return daemon;
    } catch (AssertionError e) {
      daemon.close();
      throw e;
    }
  }
}
