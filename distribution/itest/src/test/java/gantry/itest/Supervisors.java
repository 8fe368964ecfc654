// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Containers of a daemon, and the process that holds them. */
final class Supervisors {
  static final String IMAGE = "docker.io/library/busybox:latest";

  private static final Pattern STATUS = Pattern.compile("non-zero exit code (\\d+)");
  private static final long PATIENCE_SECONDS = 120;

  private final Daemon daemon;
  private final Shell shell;
  private final Path flags;
  private final String prefix;

  /**
   * Takes a daemon that runs, and gives it an image.
   *
   * @param prefix of the names of all containers
   */
  Supervisors(Daemon daemon, String prefix) throws IOException {
    this.daemon = daemon;
    this.prefix = prefix;
    this.flags = Files.createDirectories(daemon.home().resolve("flags"));
    this.shell =
        daemon.shell(
            Map.of(
                "ROOT", daemon.home().resolve("root").toString(),
                "STATE", daemon.home().resolve("state").toString(),
                "PREFIX", prefix),
            Duration.ofMinutes(5));
    check("ctr images import " + Daemon.installed().resolve("share/gantry/busybox.tar"));
  }

  /** Options and image of {@code ctr run}, whose container sees its flags below /flags. */
  String seeingFlags() {
    return "--mount type=bind,src=%s,dst=/flags,options=rbind:rw %s".formatted(flags, IMAGE);
  }

  /** A script that ends with a status when its flag is raised. */
  static String untilFlag(String flag, int status) {
    return "sh -c 'while [ ! -e /flags/%s ]; do sleep 0.1; done; exit %d'".formatted(flag, status);
  }

  void raise(String flag) throws IOException {
    Files.createFile(flags.resolve(flag));
  }

  Shell.Result check(String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s%n%s", script, result.all(), log()).isZero();
    return result;
  }

  Shell shell() {
    return shell;
  }

  /** What the daemon and the supervisor say, for messages. */
  String log() {
    Path log = daemon.home().resolve("state/io.containerd.shim.v1.manager/supervisor.log");
    try {
      return daemon.logText() + (Files.exists(log) ? "\n" + Files.readString(log) : "");
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Tasks with their first processes and what they are said to be. */
  Map<String, String> tasks() {
    Map<String, String> found = new TreeMap<>();
    check("ctr tasks ls")
        .output()
        .lines()
        .skip(1)
        .map(line -> line.strip().split(" +", 2))
        .forEach(words -> found.put(words[0], words[1].replaceAll(" +", " ")));
    return found;
  }

  /** The number of a task's first process. */
  long pid(String id) {
    String task = tasks().getOrDefault(id, "none");
    return Long.parseLong(task.split(" ", -1)[0]);
  }

  /** The process that serves; nobody is asked for it. */
  long supervisor() {
    List<Long> found = running();
    assertThat(found).as("supervisors").hasSize(1);
    return found.getFirst();
  }

  private List<Long> running() {
    String socket = "\0--socket\0" + daemon.home().resolve("state/supervisor.sock") + "\0";
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> arguments(pid).contains(socket))
        .toList();
  }

  private static String arguments(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits until there is another; nobody calls. */
  long awaitAnother(long before) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      List<Long> others = running().stream().filter(pid -> pid != before).toList();
      if (others.size() == 1) {
        return others.getFirst();
      }
      assertThat(System.nanoTime()).as("%s%n%s", others, log()).isLessThan(end);
      assertThat(never.await(50, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  /** A field of {@code gantry supervisor status}. */
  String status(String field) {
    return check(
            "gantry supervisor status | awk -v f='%s' 'index($0, f \" \") == 1 {print $NF}'"
                .formatted(field))
        .output()
        .strip();
  }

  /** Waits for the end, deletes, and returns the status that is told. */
  int end(String id) {
    check("until ctr tasks ls | grep -q '^%s .*STOPPED'; do sleep 0.1; done".formatted(id));
    Shell.Result removed = check("ctr tasks rm " + id);
    check("ctr containers rm " + id);
    Matcher status = STATUS.matcher(removed.all());
    return status.find() ? Integer.parseInt(status.group(1)) : 0;
  }

  /** Waits until nothing is left of any container. */
  void awaitNothingLeft() {
    check(
        """
        audit() {
          find $STATE/io.containerd.runtime.v2.task/default -mindepth 1
          find $ROOT/io.containerd.runtime.v2.task/default -mindepth 1
          find $STATE/runc/default -mindepth 1
          ls -A $STATE/io.containerd.shim.v1.manager/supervisor/tasks/default
          find /sys/fs/cgroup -type d -name "$PREFIX*" 2> /dev/null
          ctr containers ls -q
          ctr tasks ls -q
          grep " $STATE/" /proc/self/mountinfo
          grep -l "/$PREFIX" /proc/[0-9]*/cgroup 2> /dev/null
        }
        end=$((SECONDS + 90))
        while left=$(audit); [ -n "$left" ]; do
          [ $SECONDS -lt $end ] || { echo "$left"; exit 1; }
          sleep 0.5
        done
        """);
  }

  String id(String name) {
    return prefix + name;
  }
}
