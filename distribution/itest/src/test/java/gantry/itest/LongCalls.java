// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import containerd.services.content.v1.ContentGrpc;
import containerd.services.content.v1.WriteAction;
import containerd.services.content.v1.WriteContentRequest;
import containerd.services.content.v1.WriteContentResponse;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.services.tasks.v1.WaitRequest;
import containerd.services.tasks.v1.WaitResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Calls that last: a wait for a container, by stub and by {@code ctr run}; an upload that is fed
 * slowly; a terminal with a shell behind it. Each is fed or left alone until {@link #finish}.
 */
final class LongCalls implements AutoCloseable {
  private static final int CHUNK = 4096;
  private static final String WAITED = "waited";

  private final Daemon daemon;
  private final Path work;
  private final ScheduledExecutorService feeder = Executors.newSingleThreadScheduledExecutor();
  private final Random random = new Random(4);
  private final MessageDigest sha256;
  private final Process foreground;
  private final Process terminal;
  private final Writer keys;
  private final ListenableFuture<WaitResponse> wait;
  private final StreamObserver<WriteContentRequest> upload;
  private final CompletableFuture<WriteContentResponse> uploaded = new CompletableFuture<>();
  private final ScheduledFuture<?> feeding;
  private long offset;
  private int lines;

  LongCalls(Daemon daemon, Channels channels, Path work) throws Exception {
    this.daemon = daemon;
    this.work = Files.createDirectories(work);
    sha256 = MessageDigest.getInstance("SHA-256");
    foreground = begin("ctr run --rm " + mount() + CtrLoad.IMAGE + " " + WAITED + " " + UNTIL);
    Shell.Result started =
        shell().bash("until ctr tasks ls | grep -q '^" + WAITED + " .*RUNNING'; do :; done");
    assertThat(started.exitCode()).as(started.all()).isZero();
    wait =
        Channels.in("default", TasksGrpc.newFutureStub(channels.bare()))
            .wait(WaitRequest.newBuilder().setContainerId(WAITED).build());
    terminal =
        begin(
            "exec script -qfec 'ctr run --rm -t "
                + CtrLoad.IMAGE
                + " terminal "
                + ECHO
                + "' /dev/null");
    keys = terminal.outputWriter(StandardCharsets.UTF_8);
    shell().bash("until grep -q ready " + work.resolve("terminal") + "; do :; done");
    upload =
        Channels.in("default", ContentGrpc.newStub(channels.bare())).write(new Uploaded(uploaded));
    feeding = feeder.scheduleWithFixedDelay(this::feed, 0, 100, TimeUnit.MILLISECONDS);
  }

  private static final String UNTIL =
      "sh -c 'while [ ! -e /flags/stop ]; do sleep 0.1; done; exit 42'";
  private static final String ECHO =
      "sh -c \"stty -echo; echo ready; while read l; do echo got-\\$l; [ \\$l = end ] && exit 9;"
          + " done\"";

  private String mount() {
    return "--mount type=bind,src=%s,dst=/flags,options=rbind:rw ".formatted(work);
  }

  private Shell shell() {
    return daemon.shell(Map.of());
  }

  private Process begin(String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(
                work.resolve(script.contains("script ") ? "terminal" : "foreground").toFile());
    builder.environment().put("CONTAINERD_ADDRESS", daemon.address().toString());
    return builder.start();
  }

  private void feed() {
    byte[] chunk = new byte[CHUNK];
    random.nextBytes(chunk);
    sha256.update(chunk);
    WriteContentRequest.Builder request =
        WriteContentRequest.newBuilder()
            .setAction(WriteAction.WRITE)
            .setOffset(offset)
            .setData(ByteString.copyFrom(chunk));
    if (offset == 0) {
      request.setRef("slowly");
    }
    upload.onNext(request.build());
    offset += CHUNK;
    try {
      keys.write("line-" + ++lines + "\n");
      keys.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which have ended that should not have, and how. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    if (wait.isDone()) {
      broken.add("the wait: " + wait);
    }
    if (uploaded.isDone()) {
      broken.add("the upload: " + uploaded);
    }
    if (!foreground.isAlive()) {
      broken.add("ctr run in the foreground: " + text("foreground"));
    }
    if (!terminal.isAlive()) {
      broken.add("the terminal: " + text("terminal"));
    }
    if (feeding.isDone()) {
      broken.add("feeding the upload and the terminal");
    }
    return broken;
  }

  /** Ends each as it should end, and looks at what came of it. */
  void finish() throws Exception {
    feeder.shutdown();
    assertThat(feeder.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    Files.createFile(work.resolve("stop"));
    assertThat(wait.get(20, TimeUnit.SECONDS).getExitStatus()).as("exit by Wait").isEqualTo(42);
    assertThat(foreground.waitFor(20, TimeUnit.SECONDS)).as("ctr run ends").isTrue();
    assertThat(foreground.exitValue()).as("of ctr run: %s", text("foreground")).isEqualTo(42);
    finishUpload();
    finishTerminal();
  }

  private void finishUpload() throws Exception {
    String digest = "sha256:" + HexFormat.of().formatHex(sha256.digest());
    upload.onNext(
        WriteContentRequest.newBuilder()
            .setAction(WriteAction.COMMIT)
            .setOffset(offset)
            .setTotal(offset)
            .setExpected(digest)
            .build());
    WriteContentResponse committed = uploaded.get(20, TimeUnit.SECONDS);
    upload.onCompleted();
    assertThat(committed.getDigest()).isEqualTo(digest);
    assertThat(committed.getOffset()).isEqualTo(offset);
  }

  private void finishTerminal() throws Exception {
    keys.write("end\n");
    keys.flush();
    assertThat(terminal.waitFor(20, TimeUnit.SECONDS))
        .as("terminal: %s", text("terminal"))
        .isTrue();
    assertThat(terminal.exitValue()).as(text("terminal")).isEqualTo(9);
    StringBuilder expected = new StringBuilder("ready\n");
    for (int i = 1; i <= lines; i++) {
      expected.append("got-line-").append(i).append('\n');
    }
    assertThat(text("terminal").replace("\r", "")).isEqualTo(expected + "got-end\n");
  }

  private String text(String file) {
    try {
      return Files.readString(work.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    feeder.shutdownNow();
    foreground.descendants().forEach(ProcessHandle::destroyForcibly);
    foreground.destroyForcibly();
    terminal.descendants().forEach(ProcessHandle::destroyForcibly);
    terminal.destroyForcibly();
  }

  /** Is done by the answer to the commit, or by an end before it. */
  private record Uploaded(CompletableFuture<WriteContentResponse> done)
      implements StreamObserver<WriteContentResponse> {
    @Override
    public void onNext(WriteContentResponse response) {
      if (response.getAction() == WriteAction.COMMIT) {
        done.complete(response);
      }
    }

    @Override
    public void onError(Throwable error) {
      done.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      done.completeExceptionally(new IOException("the upload was ended without an answer"));
    }
  }
}
