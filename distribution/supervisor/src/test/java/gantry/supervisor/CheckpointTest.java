// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import containerd.runc.v1.CheckpointOptions;
import containerd.runc.v1.Options;
import containerd.task.v3.CheckpointTaskRequest;
import containerd.task.v3.CreateTaskRequest;
import containerd.v1.types.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints up to the runtime, with one that stands in for CRIU: it writes an image that only it
 * understands, and restores by running the container anew.
 */
@Timeout(180)
class CheckpointTest {
  private static final String STAND_IN =
      """
      #!/bin/sh
      case " $* " in
        *" checkpoint "*|*" restore "*) ;;
        *) exec runc "$@";;
      esac
      echo "$@" >> @DIR@/calls
      while [ $# -gt 0 ]; do
        case $1 in
          --root) root=$2; shift;;
          --image-path) image=$2; shift;;
          --work-path) work=$2; shift;;
          --bundle) bundle=$2; shift;;
          --pid-file) pid=$2; shift;;
          --console-socket) console="--console-socket $2"; shift;;
          --log|--log-format|--manage-cgroups-mode|--empty-ns|--parent-path) shift;;
          checkpoint|restore) command=$1;;
          --leave-running) leave=1;;
          -*) ;;
          *) id=$1;;
        esac
        shift
      done
      if [ $command = checkpoint ]; then
        [ ! -e @DIR@/refuse ] || { echo "no kernel for this" > $work/dump.log; exit 1; }
        echo "state of $id" > $image/pages-1.img
        [ -n "$leave" ] || runc --root $root kill $id KILL
      else
        [ -s $image/pages-1.img ] || exit 1
        exec runc --root $root run --detach --no-subreaper --bundle $bundle --pid-file $pid $console $id
      fi
      """;

  @TempDir Path dir;
  private TestDaemon daemon;
  private TestSupervisor supervisor;
  private Path runtime;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(dir.resolve("daemon"));
    supervisor = new TestSupervisor(dir);
    runtime = dir.resolve("stand-in");
    Files.writeString(runtime, STAND_IN.replace("@DIR@", dir.toString()));
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
  }

  @AfterEach
  void stop() throws Exception {
    supervisor.end();
    daemon.close();
  }

  private CreateTaskRequest.Builder request(String id, String script, Options options)
      throws IOException {
    return CreateTaskRequest.newBuilder()
        .setId(id)
        .setBundle(TestBundle.of(dir.resolve(id), false, script).path().toString())
        .setStdout("file://" + dir.resolve("out-" + id))
        .setOptions(TestBundle.options(options));
  }

  private Options.Builder options() {
    return Options.newBuilder().setBinaryName(runtime.toString());
  }

  private void run(String id, Options options) throws Exception {
    supervisor.create(request(id, "busybox sleep 1000", options).build());
    supervisor.start(id, "");
  }

  private void checkpoint(CheckpointOptions options) throws Exception {
    supervisor.call(
        "Checkpoint",
        CheckpointTaskRequest.newBuilder()
            .setId("a")
            .setPath(dir.resolve("image").toString())
            .setOptions(
                Any.newBuilder()
                    .setTypeUrl("containerd.runc.v1.CheckpointOptions")
                    .setValue(options.toByteString()))
            .build(),
        Empty.parser());
  }

  @Test
  void checkpoint_passesItsOptionsAndLeavesTheTaskRunning() throws Exception {
    run("a", options().build());
    checkpoint(
        CheckpointOptions.newBuilder()
            .setOpenTcp(true)
            .setExternalUnixSockets(true)
            .setTerminal(true)
            .setFileLocks(true)
            .addEmptyNamespaces("network")
            .setCgroupsMode("soft")
            .setWorkPath(dir.resolve("work").toString())
            .setParentPath("../parent")
            .build());
    assertThat(dir.resolve("image/pages-1.img")).hasContent("state of a");
    assertThat(Files.readString(dir.resolve("calls")))
        .contains("--leave-running", "--tcp-established", "--ext-unix-sk", "--shell-job")
        .contains("--file-locks", "--empty-ns network", "--manage-cgroups-mode soft")
        .contains("--work-path " + dir.resolve("work"), "--parent-path ../parent");
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
  }

  @Test
  void checkpointWithExit_endsTheTask() throws Exception {
    run("a", options().build());
    checkpoint(CheckpointOptions.newBuilder().setExit(true).build());
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    assertThat(daemon.until("exit")).containsExactly("create", "start", "exit a 137");
  }

  @Test
  void refusedCheckpoint_keepsTheLog() throws Exception {
    run("a", options().build());
    Files.createFile(dir.resolve("refuse"));
    assertThatThrownBy(() -> checkpoint(CheckpointOptions.getDefaultInstance()))
        .hasMessageContaining("OCI runtime checkpoint failed: ")
        .hasMessageContaining("criu-dump.log");
    assertThat(dir.resolve("a/criu-dump.log")).hasContent("no kernel for this\n");
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
  }

  @Test
  void restoredTask_runsFromItsStartOn() throws Exception {
    run("a", options().build());
    checkpoint(CheckpointOptions.newBuilder().setExit(true).build());
    supervisor.await("a", "");
    supervisor.delete("a", "");
    daemon.until("delete");

    Options options = options().setCriuWorkPath(dir.resolve("restoring").toString()).build();
    int none =
        supervisor.create(
            request("b", "echo restored; busybox sleep 1000", options)
                .setCheckpoint(dir.resolve("image").toString())
                .build());
    assertThat(none).isZero();
    assertThat(supervisor.state("b", "").getStatus()).isEqualTo(Status.CREATED);
    int pid = supervisor.start("b", "");

    assertThat(pid).isPositive();
    assertThat(supervisor.state("b", "").getStatus()).isEqualTo(Status.RUNNING);
    assertThat(Files.readString(dir.resolve("calls")))
        .contains("restore --detach --no-subreaper", "--work-path " + dir.resolve("restoring"));
    awaitText(dir.resolve("out-b"));
    supervisor.kill("b", "", 9);
    assertThat(supervisor.await("b", "")).isEqualTo(137);
    supervisor.delete("b", "");
    assertThat(daemon.until("delete")).containsExactly("create", "start", "exit b 137", "delete");
    assertThat(dir.resolve("out-b")).hasContent("restored\n");
  }

  private static void awaitText(Path file) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Files.size(file) == 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void taskThatCannotBeRestored_canBeDeleted() throws Exception {
    supervisor.create(
        request("b", "true", options().build())
            .setCheckpoint(Files.createDirectory(dir.resolve("empty")).toString())
            .build());
    var waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return supervisor.await("b", "");
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThatThrownBy(() -> supervisor.start("b", ""))
        .hasMessageStartingWith("OCI runtime restore failed: ");
    assertThat(supervisor.state("b", "").getStatus()).isEqualTo(Status.CREATED);
    supervisor.delete("b", "");
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isZero();
    assertThat(dir.resolve("state/tasks/test/b")).doesNotExist();
  }

  @Test
  void taskToBeRestored_isKnownToTheNextSupervisor() throws Exception {
    Path image = Files.createDirectory(dir.resolve("image"));
    Files.writeString(image.resolve("pages-1.img"), "state of another");
    supervisor.create(
        request("b", "exit 3", options().build()).setCheckpoint(image.toString()).build());
    supervisor.crash();
    supervisor = new TestSupervisor(dir);
    assertThat(supervisor.state("b", "").getStatus()).isEqualTo(Status.CREATED);
    supervisor.start("b", "");
    assertThat(supervisor.await("b", "")).isEqualTo(3);
    supervisor.delete("b", "");
  }

  @Test
  void realCheckpoint_isRestored() throws Exception {
    assumeTrue(criuWorks(), "CRIU is not installed, or does not work on this kernel (criu check)");
    run("a", Options.getDefaultInstance());
    checkpoint(CheckpointOptions.newBuilder().setExit(true).build());
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    supervisor.delete("a", "");
    assertThat(dir.resolve("image/inventory.img")).exists();
    supervisor.create(
        request("b", "true", Options.getDefaultInstance())
            .setCheckpoint(dir.resolve("image").toString())
            .build());
    supervisor.start("b", "");
    assertThat(supervisor.state("b", "").getStatus()).isEqualTo(Status.RUNNING);
  }

  private static boolean criuWorks() throws Exception {
    try {
      Process check =
          new ProcessBuilder("criu", "check")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return check.waitFor(30, TimeUnit.SECONDS) && check.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
