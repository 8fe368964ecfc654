// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leaks of every kind are made behind the daemon's back, beside containers that run. The doctor
 * finds each with its owner, changes nothing before it is told to, and then takes away these and
 * nothing else.
 */
class DoctorTest {
  /** Of this process only, for control groups of all daemons of the host lie beside each other. */
  private static final String NAMESPACE = "doctor" + ProcessHandle.current().pid();

  private static final String DATA =
      """
      NAME=$D/root/io.containerd.snapshotter.v1.overlayfs/snapshots
      TASKS=$D/state/io.containerd.runtime.v2.task/$NS
      CONTENT=$D/root/io.containerd.content.v1.content
      LEDGER=$D/state/io.containerd.shim.v1.manager/supervisor/tasks/$NS
      """;

  private static final String PREPARE =
      """
      set -e
      ctr namespaces create $NS
      ctr images import --no-unpack $BUSYBOX > /dev/null 2>&1 || ctr images import $BUSYBOX > /dev/null
      IMAGE=$(ctr images ls -q | head -1)
      for c in keep1 keep2 ended lost orphan; do
        case $c in ended) run=true;; *) run="sleep 10000";; esac
        ctr containers create $IMAGE $c $run > /dev/null
      done
      ctr tasks start -d keep1 > /dev/null
      ctr tasks start -d --null-io keep2 > /dev/null
      ctr tasks start -d --null-io ended > /dev/null
      for c in lost orphan; do  # all directories that a task needs are there, but no task
        ctr tasks start -d --null-io $c > /dev/null; ctr tasks rm -f $c > /dev/null
      done
      mkdir -p $D/fifo/new && mkfifo $D/fifo/new/x-stdout
      g=$(echo /sys/fs/cgroup/{pids,}/$NS | tr ' ' '\\n' | while read d; do [ -d $d ] && echo $d && break; done)
      mkdir $g/foreign
      sleep 10000 < /dev/null > /dev/null 2>&1 & echo $! > $g/foreign/cgroup.procs; echo $!
      """;

  /** What needs no restart: each line is one kind. */
  private static final String SEED =
      DATA
          + """
          set -e
          mkdir -p $NAME/9999/fs; head -c 200000 /dev/zero > $NAME/9999/fs/file
          ctr snapshots prepare emptied > /dev/null
          rm -r $NAME/$(ls $NAME | grep -v 9999 | sort -n | tail -1)
          h=$(echo nobody | sha256sum | cut -d' ' -f1); echo nobody > $CONTENT/blobs/sha256/$h
          h=$(echo gone | sha256sum | cut -d' ' -f1); echo gone | ctr content ingest gone
          rm $CONTENT/blobs/sha256/$h
          i=$CONTENT/ingest/$(echo old | sha256sum | cut -d' ' -f1); mkdir $i
          echo -n $NS/77/layer-old > $i/ref; echo 12345 > $i/data; touch -d '2 days ago' $i/data
          mkdir -p $TASKS/ghost/rootfs; echo io.containerd.runc.v2 > $TASKS/ghost/runtime-name
          mount -t tmpfs ghost $TASKS/ghost/rootfs
          mkdir -p $TASKS/.half.e1x1.00; echo x > $TASKS/.half.e1x1.00/config.json
          mkdir $D/fifo/old; mkfifo $D/fifo/old/left-stdin $D/fifo/old/left-stdout
          touch -d '1 hour ago' $(ls -d $D/fifo/* | grep -v new)
          n=$D/root/io.containerd.internal.v1.cni/attached/unplugged; mkdir -p $n
          echo '{"namespace":"'$D/no-such-netns'"}' > $n/request.json
          """;

  /** A crash of daemon and supervisor after which the records of two tasks are not all there. */
  private static final String LOSE =
      DATA
          + """
          for c in lost orphan; do
            umount $TASKS/$c/rootfs && rm -r $TASKS/$c
          done
          rm -r $LEDGER/lost
          """;

  private static final String LIST =
      """
      echo == metadata
      ctr images ls -q | sort; ctr containers ls -q | sort; ctr leases ls -q | sort
      ctr content ls -q | sort; ctr snapshots ls | awk 'NR > 1 {print $1, $2, $3}' | sort
      ctr tasks ls | awk '$1 ~ /keep/ {print $1, $2, $3} $1 == "ended" {print $1, $3}' | sort
      echo == directories
      find $D/root $D/state $D/fifo -printf '%y %p\\n' | sort | grep -v -e '\\.db' -e names.log \
        -e '/supervisor[./]' -e '\\.sock' -e '/claims/' -e '/io.containerd.internal.v1.cni'
      echo == mounts
      awk -v d=$D/ 'index($2, d) == 1 {print $1, $2, $3}' /proc/mounts | sort
      echo == control groups
      find /sys/fs/cgroup -type d -path "*/$NS/*" | sort
      echo == processes
      find /sys/fs/cgroup -path "*/$NS/*" -name cgroup.procs | xargs cat | sort -un
      """;

  @TempDir Path home;

  private Daemon daemon;
  private long stranger;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(
        new Shell(Map.of(), Duration.ofSeconds(10)).bash("command -v runc").exitCode() == 0,
        "no runc");
    Path config = home.resolve("config.toml");
    // Otherwise the collection may take away some of the leaks first.
    Files.writeString(
        config,
        """
        version = 4
        [plugins.'io.containerd.gc.v1.scheduler']
          startup_delay = "24h"
        """);
    daemon = Daemon.gantry(home, "-c", config.toString()).start();
  }

  @AfterEach
  void stop() {
    ProcessHandle.of(stranger).ifPresent(ProcessHandle::destroyForcibly);
    daemon.close();
    shell()
        .bash(
            """
            for g in $(find /sys/fs/cgroup -depth -type d -path "*/$NS*"); do
              end=$((SECONDS + 10))
              until rmdir $g 2> /dev/null || [ $SECONDS -ge $end ]; do :; done
            done
            """);
  }

  private Shell shell() {
    return daemon.shell(
        Map.of(
            "D",
            home.toString(),
            "NS",
            NAMESPACE,
            "CONTAINERD_NAMESPACE",
            NAMESPACE,
            "BUSYBOX",
            Daemon.installed().resolve("share/gantry/busybox.tar").toString()),
        Duration.ofMinutes(2));
  }

  private String done(String script) {
    Shell.Result result = shell().bash(script);
    assertThat(result.exitCode()).as("%s", result.all()).isZero();
    return result.output();
  }

  @Test
  void leaksOfManyKinds_areFoundAndMended_andNothingElseIsTouched() {
    String[] prepared = done(PREPARE).strip().split("\n", -1);
    stranger = Long.parseLong(prepared[prepared.length - 1]);
    assertClean();
    String before = done(LIST);

    done("ctr tasks start -d --null-io lost && ctr tasks start -d --null-io orphan");
    crash();
    done(SEED);
    Map<String, String> found = found(doctor(""));
    assertThat(found)
        .containsEntry("snapshot-directory", "io.containerd.snapshotter.v1.overlayfs")
        .containsEntry("snapshot-record", NAMESPACE + "/emptied")
        .containsEntry("blob", "io.containerd.metadata.v1.bolt")
        .hasEntrySatisfying("blob-metadata", owner -> assertThat(owner).startsWith(NAMESPACE))
        .containsEntry("ingest", NAMESPACE + "/layer-old")
        .containsEntry("bundle", NAMESPACE + "/ghost")
        .containsEntry("mount", NAMESPACE + "/ghost")
        .containsEntry("bundle-draft", NAMESPACE + "/half")
        .containsEntry("supervisor-task", NAMESPACE + "/orphan")
        .containsEntry("runc-state", NAMESPACE + "/lost")
        .containsEntry("process", NAMESPACE + "/lost")
        .containsEntry("cgroup", NAMESPACE + "/lost")
        .containsEntry("fifo-directory", "left")
        .containsEntry("network", "unplugged")
        .hasSize(14);

    assertDryRunChangesNothing();
    assertOneClassIsMendedAlone(found.size());
    Shell.Result mended = doctor("--fix all");
    assertThat(mended.output()).doesNotContain(" kept ");
    // The record of a snapshot whose data were lost is found once the snapshotter has told so.
    assertThat(found(doctor("--fix snapshot-metadata")).keySet()).isSubsetOf("snapshot-metadata");
    assertClean();
    assertSame(before, done(LIST));
    assertThat(done("ctr tasks exec --exec-id e1 keep1 echo answered")).contains("answered");
    assertThat(done("ctr tasks exec --exec-id e2 keep2 echo answered")).contains("answered");
    assertThat(ProcessHandle.of(stranger)).isPresent();
  }

  /** Both die at once; what comes up then finds what is left. */
  private void crash() {
    daemon.kill();
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(home + "/state/supervisor.sock"))
        .forEach(
            supervisor -> {
              supervisor.destroyForcibly();
              supervisor.onExit().join();
            });
    done(LOSE);
    daemon.start();
    done("ctr tasks ls");
  }

  private static void assertSame(String before, String after) {
    List<String> then = before.lines().toList();
    List<String> now = after.lines().toList();
    assertThat(now.stream().filter(line -> !then.contains(line))).as("came").isEmpty();
    assertThat(then.stream().filter(line -> !now.contains(line))).as("went").isEmpty();
  }

  private Shell.Result doctor(String options) {
    Shell.Result result = shell().bash("gantry doctor --min-age 0s " + options);
    assertThat(result.exitCode()).as("%s", result.all()).isBetween(0, 1);
    return result;
  }

  /** Owners by kind, of which there is one each here. */
  private static Map<String, String> found(Shell.Result doctor) {
    Map<String, String> found = new TreeMap<>();
    doctor
        .output()
        .lines()
        .skip(1)
        .map(line -> List.of(line.split(" {4,}", -1)))
        .forEach(
            cells ->
                assertThat(found.put(cells.getFirst(), cells.get(4)))
                    .as("%s", doctor.output())
                    .isNull());
    return found;
  }

  private void assertClean() {
    Shell.Result result = doctor("");
    assertThat(result.all()).contains("nothing found");
    assertThat(result.exitCode()).isZero();
  }

  private void assertDryRunChangesNothing() {
    String before = done(LIST);

    Shell.Result rehearsal = doctor("--fix all --dry-run");

    assertThat(rehearsal.exitCode()).isEqualTo(1);
    assertThat(rehearsal.output()).contains("would mend").doesNotContain(" mended ");
    assertThat(rehearsal.errors()).contains("14 found, 14 would be mended");
    assertSame(before, done(LIST));
  }

  private void assertOneClassIsMendedAlone(int count) {
    Shell.Result some = doctor("--fix=snapshot-directory,mount -o json");

    assertThat(some.output().split("\"outcome\": \"mended\"", -1)).hasSize(3);
    Shell.Result left = doctor("");
    assertThat(left.exitCode()).isEqualTo(1);
    assertThat(found(left)).hasSize(count - 2).doesNotContainKeys("snapshot-directory", "mount");
  }
}
