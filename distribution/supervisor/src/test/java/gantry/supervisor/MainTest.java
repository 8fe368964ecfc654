// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.task.v3.ConnectRequest;
import containerd.task.v3.ConnectResponse;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.ShutdownRequest;
import containerd.task.v3.StartRequest;
import containerd.task.v3.StartResponse;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.errors.UnavailableException;
import gantry.ttrpc.TtrpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MainTest {
  @TempDir Path dir;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    words.addAll(List.of(more));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private Process startReady() throws IOException {
    Process process =
        start(
            "--socket",
            dir.resolve("s").toString(),
            "--state",
            dir.resolve("state").toString(),
            "--events",
            "unix://" + dir.resolve("daemon"));
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private static <R extends MessageLite> R call(
      TtrpcClient client, String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return client.call(
        "containerd.task.v3.Task",
        method,
        request,
        answer,
        Duration.ofSeconds(60),
        Map.of("containerd-namespace-ttrpc", "test"));
  }

  @Test
  void process_servesSurvivesSignalsAndEndsWhenToldTo() throws Exception {
    try (TestDaemon daemon = new TestDaemon(dir.resolve("daemon"))) {
      Process process = startReady();
      try (TtrpcClient client = TtrpcClient.connect(dir.resolve("s"))) {
        TestBundle bundle = TestBundle.of(dir.resolve("a"), false, "exit 8");
        call(
            client,
            "Create",
            CreateTaskRequest.newBuilder().setId("a").setBundle(bundle.path() + "").build(),
            CreateTaskResponse.parser());
        process.destroy();
        call(client, "Shutdown", ShutdownRequest.getDefaultInstance(), Empty.parser());
        call(client, "Start", StartRequest.newBuilder().setId("a").build(), StartResponse.parser());
        assertThat(
                call(
                        client,
                        "Wait",
                        WaitRequest.newBuilder().setId("a").build(),
                        WaitResponse.parser())
                    .getExitStatus())
            .isEqualTo(8);
        assertThat(
                call(
                        client,
                        "Connect",
                        ConnectRequest.newBuilder().setId("a").build(),
                        ConnectResponse.parser())
                    .getShimPid())
            .isEqualTo((int) process.pid());
        call(
            client,
            "Delete",
            DeleteRequest.newBuilder().setId("a").build(),
            DeleteResponse.parser());
        assertThat(daemon.until("delete")).containsExactly("create", "start", "exit a 8", "delete");
        shutdown(client);
      }
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(dir.resolve("s")).doesNotExist();
    }
  }

  private static void shutdown(TtrpcClient client) throws InterruptedException {
    try {
      call(client, "Shutdown", ShutdownRequest.getDefaultInstance(), Empty.parser());
    } catch (UnavailableException e) {
      // it may be gone before its answer is
      return;
    }
  }

  @Test
  void secondProcessOnTheSameState_isRefused() throws Exception {
    startReady();
    Process second =
        start("--socket", dir + "/s2", "--state", dir + "/state", "--events", dir + "/daemon");
    assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isEqualTo(1);
  }

  @Test
  void incompleteCommandLine_isRefused() throws Exception {
    Process process = start("--socket", dir + "/s");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
  }
}
