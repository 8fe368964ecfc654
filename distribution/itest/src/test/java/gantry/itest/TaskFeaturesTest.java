// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a task can do, asked for by containerd's own client. */
@Timeout(300)
class TaskFeaturesTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final String IMAGE = "docker.io/library/busybox:latest";

  /** Runs containers by runc; checkpoints, which need CRIU, are files that only it understands. */
  private static final String STAND_IN =
      """
      #!/bin/sh
      case " $* " in
        *" checkpoint "*|*" restore "*) ;;
        *) exec runc "$@";;
      esac
      echo "$@" >> @HOME@/calls
      while [ $# -gt 0 ]; do
        case $1 in
          --root) root=$2; shift;;
          --image-path) image=$2; shift;;
          --bundle) bundle=$2; shift;;
          --pid-file) pid=$2; shift;;
          --work-path|--console-socket|--log|--log-format) shift;;
          checkpoint|restore) command=$1;;
          --leave-running) leave=1;;
          -*) ;;
          *) id=$1;;
        esac
        shift
      done
      if [ $command = checkpoint ]; then
        cp -r @HOME@/memory $image/pages-1.img
        [ -n "$leave" ] || runc --root $root kill $id KILL
      else
        cp $image/pages-1.img @HOME@/restored || exit 1
        exec runc --root $root run --detach --no-subreaper --bundle $bundle --pid-file $pid $id
      fi
      """;

  @TempDir static Path home;

  private static Daemon daemon;
  private static Shell shell;

  @BeforeAll
  static void start() throws IOException {
    daemon = Daemon.gantry(home).start();
    shell = daemon.shell(Map.of());
    Path runtime = home.resolve("stand-in");
    Files.writeString(runtime, STAND_IN.replace("@HOME@", home.toString()));
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    bash(
        "ctr images import --base-name docker.io/library/busybox %s"
            .formatted(Daemon.installed().resolve("share/gantry/busybox.tar")));
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @AfterEach
  void clear() {
    bash(
        """
        for t in $(ctr tasks ls -q); do ctr tasks rm -f $t; done
        for c in $(ctr containers ls -q); do ctr containers rm $c; done
        """);
  }

  private static Shell.Result bash(String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s", script, result.all()).isZero();
    return result;
  }

  private static void await(String what, Supplier<Boolean> holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.get()) {
      assertThat(System.nanoTime()).as("%s; %s", what, daemon.logText()).isLessThan(end);
    }
  }

  private static void begin(String options, String id, String command) {
    bash("ctr run -d --null-io %s %s %s %s".formatted(options, IMAGE, id, command));
  }

  private static String run(String options, String id, String command) {
    return bash("ctr run --rm %s %s %s %s".formatted(options, IMAGE, id, command)).output();
  }

  private static String status(String id) {
    return bash("ctr tasks ls | awk '$1 == \"" + id + "\" {print $3}'").output().strip();
  }

  private static long pid(String id) {
    return Long.parseLong(
        bash("ctr tasks ls | awk '$1 == \"" + id + "\" {print $2}'").output().strip());
  }

  @Test
  void shortageOfMemory_isAnEventWhileTheTaskRuns() throws Exception {
    Path events = home.resolve("events");
    Process listener = shell.start("exec ctr events > " + events);
    try {
      begin("--memory-limit 16777216", "small", "sleep 10000");
      Shell.Result eaten =
          shell.bash(
              "ctr tasks exec --exec-id eater small sh -c 'x=0123456789; while true; do"
                  + " x=$x$x; done'");
      assertThat(eaten.exitCode()).as(eaten.all()).isEqualTo(137);
      await("/tasks/oom of small", () -> text(events).contains("/tasks/oom"));
      assertThat(text(events)).contains("{\"container_id\":\"small\"}");
      assertThat(status("small")).isEqualTo("RUNNING");
    } finally {
      listener.destroy();
    }
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void metrics_areTyped() {
    begin("--memory-limit 67108864", "measured", "sleep 10000");
    String table = bash("ctr tasks metrics measured").output();
    assertThat(table).contains("ID", "measured", "TIMESTAMP");
    String json = bash("ctr tasks metrics --format json measured").output();
    assertThat(json).containsAnyOf("\"usage_in_bytes\"", "\"usage\"").contains("67108864");
  }

  @Test
  void checkpointOfATask_isAnImageItIsRestoredFrom() throws Exception {
    Files.writeString(home.resolve("memory"), "what it remembers " + System.nanoTime());
    String runtime = "--runc-binary " + home.resolve("stand-in");
    begin(runtime, "original", "sleep 10000");
    bash("ctr tasks exec --exec-id w original sh -c 'echo written > /file'");
    bash("ctr containers checkpoint --rw --image --task original example.com/checkpoint:1");
    assertThat(status("original")).isEqualTo("RUNNING");
    assertThat(bash("ctr images ls -q").output()).contains("example.com/checkpoint:1");
    assertThat(bash("ctr content ls").output()).contains("containerd.io/gc");

    bash("ctr tasks rm -f original && ctr containers rm original");
    bash("ctr containers restore --rw --live copy example.com/checkpoint:1");
    await("copy runs", () -> status("copy").equals("RUNNING"));
    assertThat(home.resolve("restored")).hasSameTextualContentAs(home.resolve("memory"));
    assertThat(bash("ctr tasks exec --exec-id r copy cat /file").output()).isEqualTo("written\n");
    bash("ctr images rm example.com/checkpoint:1");
  }

  @Test
  void checkpointIntoADirectory_staysThere() throws Exception {
    Files.writeString(home.resolve("memory"), "of a directory");
    Path image = home.resolve("image");
    Path work = home.resolve("work");
    begin("--runc-binary " + home.resolve("stand-in"), "paths", "sleep 10000");
    bash("ctr tasks checkpoint --exit --image-path %s --work-path %s paths".formatted(image, work));
    await("paths has ended", () -> status("paths").equals("STOPPED"));
    assertThat(image.resolve("pages-1.img")).hasContent("of a directory");
    assertThat(text(home.resolve("calls"))).contains("--work-path " + work);
  }

  @Test
  void checkpointByRunc_isRestored() {
    assumeTrue(
        shell.bash("criu check").exitCode() == 0,
        "CRIU is not installed, or does not work on this kernel (criu check)");
    begin("", "real", "sh -c 'i=0; while true; do i=$((i+1)); echo $i > /count; sleep 1; done'");
    bash("ctr containers checkpoint --rw --image --task real example.com/real:1");
    bash("ctr tasks rm -f real && ctr containers rm real");
    bash("ctr containers restore --rw --live again example.com/real:1");
    await("again runs", () -> status("again").equals("RUNNING"));
    bash("ctr images rm example.com/real:1");
  }

  @Test
  void userNamespace_isAnotherUserOnTheHost() throws Exception {
    String maps = "--uidmap 0:100000:65536 --gidmap 0:100000:65536";
    mapped(maps, "mapped", true);
  }

  @Test
  void userNamespaceByLabels_isAnotherUserOnTheHost() throws Exception {
    String maps = "--remap-labels --uidmap 0:100000:65536 --gidmap 0:100000:65536";
    mapped(maps, "labelled", false);
  }

  private void mapped(String options, String id, boolean ownersOnDisk) throws Exception {
    // the root of the container must be able to reach its file system
    bash("d=%s; while [ $d != / ]; do chmod o+x $d; d=$(dirname $d); done".formatted(home));
    Shell.Result begun =
        shell.bash("ctr run -d --null-io %s %s %s sleep 10000".formatted(options, IMAGE, id));
    assumeTrue(
        begun.exitCode() == 0 || !begun.all().contains("user namespace"),
        "no user namespaces on this host: " + begun.errors());
    assumeTrue(
        !begun.errors().contains("ctr: failed to mount"),
        "this ctr mounts the file system itself and knows nothing of mapped owners, those of"
            + " containerd 2 do");
    assertThat(begun.exitCode()).as("%s\n%s", begun.all(), daemon.logText()).isZero();
    Path process = Path.of("/proc/" + pid(id));
    assertThat(Files.getAttribute(process, "unix:uid")).isEqualTo(100000);
    assertThat(Files.getAttribute(process, "unix:gid")).isEqualTo(100000);
    String inside =
        bash("ctr tasks exec --exec-id i %s sh -c 'id -u; stat -c %%u:%%g /bin/busybox; echo x >"
                    .formatted(id)
                + " /made && stat -c %u:%g /made'")
            .output();
    assertThat(inside).isEqualTo("0\n0:0\n0:0\n");
    Path bundle = home.resolve("state/io.containerd.runtime.v2.task/default/" + id);
    assertThat(Files.getAttribute(bundle, "unix:gid")).isEqualTo(100000);
    if (ownersOnDisk) {
      assertThat(Files.getAttribute(Path.of("/proc/" + pid(id) + "/root/made"), "unix:uid"))
          .isEqualTo(100000);
    }
  }

  @Test
  void privileges_areAsAskedFor() {
    String status = "sh -c 'grep -E \"^(CapEff|NoNewPrivs|Seccomp):\" /proc/self/status'";
    assertThat(run("", "plain", status))
        .contains("NoNewPrivs:\t1", "Seccomp:\t0", "CapEff:\t00000000a80425fb");
    assertThat(run("--seccomp", "filtered", status)).contains("Seccomp:\t2");
    assertThat(run("--allow-new-privs", "free", status)).contains("NoNewPrivs:\t0");
    assertThat(run("--privileged", "privileged", status))
        .doesNotContain("CapEff:\t00000000a80425fb");
    assertThat(run("--cap-drop CAP_KILL", "dropped", status)).contains("CapEff:\t00000000a80425db");
    Shell.Result refused =
        shell.bash("ctr run --rm --seccomp %s unshared unshare -m true".formatted(IMAGE));
    assertThat(refused.exitCode()).as(refused.all()).isNotZero();
    assertThat(refused.all()).contains("Operation not permitted");
  }

  @Test
  void files_areAsAskedFor() throws Exception {
    Shell.Result readOnly =
        shell.bash("ctr run --rm --read-only %s readonly sh -c 'echo x > /file'".formatted(IMAGE));
    assertThat(readOnly.exitCode()).isNotZero();
    assertThat(readOnly.all()).contains("Read-only file system");
    assertThat(run("--device /dev/full", "device", "stat -c %t:%T /dev/full")).isEqualTo("1:7\n");

    Path root = home.resolve("rootfs");
    Files.createDirectories(root.resolve("bin"));
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
    assertThat(
            bash("ctr run --rm --rootfs %s own /bin/busybox echo from my own".formatted(root))
                .output())
        .isEqualTo("from my own\n");
  }

  @Test
  void kill_reachesWhatItIsSentTo() {
    begin("", "killed", "sh -c 'trap \"exit 42\" TERM; while true; do sleep 0.1; done'");
    Process exec = shell.start("ctr tasks exec --exec-id e killed sleep 10000");
    await("the exec runs", () -> bash("ctr tasks ps killed").output().contains("ExecID:e"));
    bash("ctr tasks kill -s KILL --exec-id e killed");
    assertThat(exitCode(exec)).isEqualTo(137);
    assertThat(status("killed")).isEqualTo("RUNNING");
    bash("ctr tasks kill -s TERM killed");
    await("killed has ended", () -> status("killed").equals("STOPPED"));
    assertThat(bash("ctr tasks rm killed").all()).contains("exit code 42");

    bash("ctr containers rm killed");
    begin("", "all", "sh -c 'sleep 20000 & sleep 10000'");
    bash("ctr tasks kill -s KILL --all all");
    await("all has ended", () -> status("all").equals("STOPPED"));
  }

  private static int exitCode(Process process) {
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void logger_takesTheOutput() throws Exception {
    Path logger = home.resolve("logger");
    Files.writeString(
        logger,
        """
        #!/bin/sh
        echo "$1 $2 $CONTAINER_NAMESPACE/$CONTAINER_ID" > %1$s/logged
        exec 5>&-
        cat <&3 >> %1$s/logged
        """
            .formatted(home));
    Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString("rwx------"));
    bash(
        "ctr run -d --log-uri 'binary://%s?key=value' %s logged sh -c 'echo spoken'"
            .formatted(logger, IMAGE));
    await("it is logged", () -> text(home.resolve("logged")).endsWith("spoken\n"));
    assertThat(text(home.resolve("logged"))).isEqualTo("key value default/logged\nspoken\n");
  }

  @Test
  void otherRuntimes_areCalledInPlaceOfRunc() {
    assumeTrue(shell.bash("crun --version").exitCode() == 0, "crun is not installed");
    Shell.Result result =
        shell.bash("ctr run --rm --runc-binary crun %s other echo hello".formatted(IMAGE));
    assumeTrue(
        result.exitCode() == 0 || !result.all().contains("cgroup"),
        "this crun does not take the host's control groups: " + result.errors());
    assertThat(result.output()).as(result.all()).isEqualTo("hello\n");
  }
}
