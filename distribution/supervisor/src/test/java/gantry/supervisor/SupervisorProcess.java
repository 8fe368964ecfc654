// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.StartRequest;
import containerd.task.v3.StartResponse;
import containerd.task.v3.StateRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.ttrpc.TtrpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A supervisor as a process of its own, called as a daemon calls it. */
final class SupervisorProcess implements AutoCloseable {
  private static final Duration LONG = Duration.ofMinutes(3);

  private final Path socket;
  final Process process;
  private CountDownLatch ended = new CountDownLatch(1);
  private TtrpcClient client;

  private SupervisorProcess(Path socket, Process process) throws IOException {
    this.socket = socket;
    this.process = process;
    this.client = TtrpcClient.connect(socket, ended::countDown);
  }

  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName());
  }

  /** Starts one in a directory, whose daemon's sockets are {@code daemon} and {@code safe}. */
  static SupervisorProcess start(Path dir, String... more) throws IOException {
    Path socket = dir.resolve("s");
    List<String> words = new ArrayList<>(java());
    words.addAll(
        List.of(
            "--socket",
            socket.toString(),
            "--state",
            dir.resolve("state").toString(),
            "--events",
            "unix://" + dir.resolve("daemon"),
            "--safe",
            dir.resolve("safe").toString()));
    words.addAll(List.of(more));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return new SupervisorProcess(socket, process);
  }

  /** Waits until the other side ends the connection. */
  void awaitEnd() throws InterruptedException {
    assertThat(ended.await(180, TimeUnit.SECONDS)).isTrue();
  }

  /** Connects anew, to the one that has taken over. */
  void reconnect() throws IOException {
    client.close();
    ended = new CountDownLatch(1);
    client = TtrpcClient.connect(socket, ended::countDown);
  }

  <R extends MessageLite> R call(String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return call("containerd.task.v3.Task", method, request, answer);
  }

  <R extends MessageLite> R call(
      String service, String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return client.call(
        service, method, request, answer, LONG, Map.of("containerd-namespace-ttrpc", "test"));
  }

  int run(CreateTaskRequest request) throws InterruptedException {
    int pid = call("Create", request, CreateTaskResponse.parser()).getPid();
    call("Start", StartRequest.newBuilder().setId(request.getId()).build(), StartResponse.parser());
    return pid;
  }

  StateResponse state(String id) throws InterruptedException {
    return call("State", StateRequest.newBuilder().setId(id).build(), StateResponse.parser());
  }

  int await(String id) throws InterruptedException {
    return call("Wait", WaitRequest.newBuilder().setId(id).build(), WaitResponse.parser())
        .getExitStatus();
  }

  void delete(String id) throws InterruptedException {
    call("Delete", DeleteRequest.newBuilder().setId(id).build(), DeleteResponse.parser());
  }

  void closeInput(String id) throws InterruptedException {
    call(
        "CloseIO",
        containerd.task.v3.CloseIORequest.newBuilder().setId(id).setStdin(true).build(),
        Empty.parser());
  }

  /** As the kernel's killer of processes ends it. */
  void kill() {
    client.close();
    process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }
}
