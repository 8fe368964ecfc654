// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import containerd.task.v3.DeleteResponse;
import containerd.types.RuntimeInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real containerd runs its containers on the supervisor, which it takes for its shim. */
@Timeout(300)
class SupervisorUnderContainerdTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern EVENT = Pattern.compile(".* (/tasks/\\S+) (\\{.*)");

  @TempDir Path home;

  private Daemon containerd() {
    return Daemon.containerd(home.resolve("daemon"))
        .with(Daemon.installed().resolve("bin"))
        .with(
            Map.of(
                "GANTRY_SHIM_STATE",
                shims().toString(),
                "GANTRY_SUPERVISOR_JAVA_OPTIONS",
                "-Dgantry.supervisor.grace=PT5S"));
  }

  private Path shims() {
    return home.resolve("shims");
  }

  private Shell shell(Daemon daemon) {
    return daemon.shell(
        Map.of(
            "RUN",
            "ctr run --runtime io.containerd.gantry.v2",
            "IMAGE",
            CtrLoad.IMAGE,
            "ARCHIVE",
            Daemon.installed().resolve("share/gantry/busybox.tar").toString(),
            "EVENTS",
            home.resolve("events").toString()));
  }

  private static String run(Shell shell, String script) {
    Shell.Result result =
        shell.bash("set -eE; trap 'echo \"failed: $BASH_COMMAND\" >&2' ERR\n" + script);
    assertThat(result.exitCode()).as(result.all()).isZero();
    return result.output();
  }

  /** Their state directory is in their command line. */
  private List<ProcessHandle> supervisors() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains("gantry.supervisor.Main --socket " + shims()))
                    .isPresent())
        .toList();
  }

  private static void await(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Object pace = new Object();
    synchronized (pace) {
      while (!condition.getAsBoolean()) {
        assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(end);
        pace.wait(50);
      }
    }
  }

  @Test
  void containers_runExecAndEndOnOneSupervisor_whichEndsAfterThem() throws Exception {
    try (Daemon daemon = containerd().start()) {
      Shell shell = shell(daemon);
      run(shell, "ctr images import $ARCHIVE");
      Process events = shell.start("exec ctr events > $EVENTS");
      await("events", () -> listens(shell));
      run(shell, "for i in 1 2 3 4; do $RUN -d $IMAGE at-once-$i sleep 1000 & done; wait");
      assertThat(supervisors()).as("of four first containers at once").hasSize(1);
      long supervisor = supervisors().getFirst().pid();
      run(
          shell,
          """
          rc=0; said=$($RUN --rm $IMAGE quick sh -c 'echo said; exit 7') || rc=$?
          [ $rc = 7 ]; [ "$said" = said ]
          [ "$(ctr tasks ls | grep -c RUNNING)" = 4 ]
          rc=0; said=$(ctr tasks exec --exec-id e at-once-1 sh -c 'echo there; exit 5') || rc=$?
          [ $rc = 5 ]; [ "$said" = there ]
          ctr tasks metrics at-once-1 | grep > /dev/null memory.usage_in_bytes
          ctr tasks ps at-once-1 | grep > /dev/null '^[0-9]'
          ctr tasks pause at-once-1; ctr tasks ls | grep > /dev/null 'at-once-1 .*PAUSED'
          ctr tasks resume at-once-1
          ctr namespaces create other; ctr -n other images import $ARCHIVE > /dev/null
          rc=0; said=$(${RUN/ctr/ctr -n other} --rm $IMAGE at-once-1 sh -c 'echo elsewhere; exit 9') || rc=$?
          [ $rc = 9 ]; [ "$said" = elsewhere ]
          for i in 1 2 3 4; do ctr tasks kill -s KILL at-once-$i; done
          until [ "$(ctr tasks ls | grep -c STOPPED)" = 4 ]; do :; done
          for i in 1 2 3 4; do ctr tasks rm at-once-$i 2> /dev/null || :; ctr containers rm at-once-$i; done
          [ -z "$(ctr tasks ls -q)" ]
          """);
      assertThat(supervisors())
          .singleElement()
          .satisfies(one -> assertThat(one.pid()).isEqualTo(supervisor));
      await("the last event", () -> told("at-once-4").contains("/tasks/delete"));
      events.destroy();
      assertEvents();
      await("the end of the supervisor", () -> supervisors().isEmpty());
      assertNothingStays();
    }
  }

  private boolean listens(Shell shell) {
    run(shell, "ctr namespaces create n-$RANDOM$RANDOM");
    return !lines().isEmpty();
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(home.resolve("events"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Topics of the events of a container, in their order. */
  private List<String> told(String container) {
    return lines().stream()
        .filter(line -> line.contains("\"container_id\":\"" + container + "\""))
        .filter(line -> !line.contains(" other "))
        .map(EVENT::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1))
        .toList();
  }

  private void assertEvents() {
    assertThat(told("quick"))
        .containsExactly("/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete");
    assertThat(lines())
        .anyMatch(line -> line.contains("/tasks/exit") && line.contains("\"exit_status\":7"));
    assertThat(told("at-once-2"))
        .containsExactly("/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete");
    assertThat(lines().stream().filter(line -> line.contains("at-once-2")))
        .anyMatch(line -> line.contains("/tasks/exit") && line.contains("\"exit_status\":137"));
    assertThat(told("at-once-1"))
        .contains("/tasks/exec-added", "/tasks/exec-started", "/tasks/paused", "/tasks/resumed");
  }

  private void assertNothingStays() throws Exception {
    try (Stream<Path> files = Files.walk(shims())) {
      assertThat(files.filter(file -> !Files.isDirectory(file)).map(Path::getFileName))
          .map(Path::toString)
          .isSubsetOf("lock", "starts", "supervisor.log");
    }
    assertThat(Files.readString(Path.of("/proc/self/mounts")))
        .doesNotContain(home.resolve("daemon/state") + "/");
  }

  @Test
  void containers_outliveContainerd_whichFindsThemAgain() throws Exception {
    try (Daemon daemon = containerd().start()) {
      Shell shell = shell(daemon);
      run(shell, "ctr images import $ARCHIVE > /dev/null; $RUN -d $IMAGE stays sleep 1000");
      String before = run(shell, "ctr tasks ls | grep stays");
      daemon.kill();
      daemon.start();
      assertThat(run(shell, "ctr tasks ls | grep stays")).isEqualTo(before).contains("RUNNING");
      run(
          shell,
          """
          rc=0; ctr tasks exec --exec-id e stays sh -c 'exit 5' || rc=$?; [ $rc = 5 ]
          $RUN --rm $IMAGE more true
          ctr tasks kill -s KILL stays
          until ctr tasks ls | grep > /dev/null STOPPED; do :; done
          ctr tasks rm stays 2> /dev/null || :
          [ -z "$(ctr tasks ls -q)" ]
          """);
      assertThat(supervisors()).hasSize(1);
    }
  }

  @Test
  void supervisorKilled_itsContainersEndAndNothingOfThemStays() throws Exception {
    try (Daemon daemon = containerd().start()) {
      Shell shell = shell(daemon);
      run(
          shell,
          "ctr images import $ARCHIVE > /dev/null; for i in 1 2; do $RUN -d $IMAGE lost-$i sleep"
              + " 1000; done");
      long first = supervisors().getFirst().pid();
      supervisors().forEach(ProcessHandle::destroyForcibly);
      run(
          shell,
          """
          until [ -z "$(ctr tasks ls -q)" ]; do :; done
          rc=0; $RUN --rm $IMAGE next sh -c 'exit 3' || rc=$?; [ $rc = 3 ]
          ctr containers rm lost-1 lost-2
          """);
      assertThat(supervisors())
          .singleElement()
          .satisfies(one -> assertThat(one.pid()).isNotEqualTo(first));
      await("the end of the supervisor", () -> supervisors().isEmpty());
      assertNothingStays();
    }
  }

  @Test
  void launcher_answersInTheMessagesOfAShim() throws Exception {
    RuntimeInfo info = RuntimeInfo.parseFrom(launcher("-info"));
    assertThat(info.getName()).isEqualTo("io.containerd.gantry.v2");
    assertThat(info.getVersion().getVersion()).isNotEmpty();
    assertThat(info.getFeatures().getTypeUrl()).endsWith("/features/Features");
    assertThat(info.getFeatures().getValue().toStringUtf8()).startsWith("{").endsWith("}");
    Path bundle = Files.createDirectories(home.resolve("bundle"));
    Files.writeString(bundle.resolve("init.pid"), "4242");
    DeleteResponse deleted =
        DeleteResponse.parseFrom(
            launcher(
                "-namespace",
                "n",
                "-address",
                "/nowhere",
                "-id",
                "a",
                "-bundle",
                "" + bundle,
                "delete"));
    assertThat(deleted.getPid()).isEqualTo(4242);
    assertThat(deleted.getExitStatus()).isEqualTo(137);
    assertThat(deleted.getExitedAt().getSeconds()).isGreaterThan(1_700_000_000L);
    assertThat(shims()).isEmptyDirectory();
  }

  private byte[] launcher(String... words) throws Exception {
    Files.createDirectories(shims());
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        Daemon.installed().resolve("bin/containerd-shim-gantry-v2").toString()),
                    Stream.of(words))
                .toList());
    builder.environment().put("GANTRY_SHIM_STATE", shims().toString());
    Process process =
        builder
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] answer = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as("%s", List.of(words)).isZero();
    return answer;
  }
}
