// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Eight clients that do what people do, each over and over with real {@code ctr} processes. They
 * keep what failed, and which events their doings must have caused.
 */
final class CtrLoad {
  static final String IMAGE = "docker.io/library/busybox:latest";

  /** A round of one client; {@code %1$s} in all of it is a name that no other round has. */
  private record Round(String name, String script, List<String> events) {}

  private static final List<String> CONTAINER =
      List.of(
          "/containers/create %1$s",
          "/snapshot/prepare %1$s",
          "/tasks/create %1$s",
          "/tasks/start %1$s",
          "/tasks/exit %1$s/%1$s",
          "/tasks/delete %1$s",
          "/containers/delete %1$s",
          "/snapshot/remove %1$s");

  private static final Round RUN =
      new Round(
          "run",
          """
          rc=0; said=$(ctr run --rm $SNAPSHOTTER $IMAGE %1$s sh -c 'echo said %1$s; exit 7') || rc=$?
          [ $rc = 7 ] && [ "$said" = 'said %1$s' ] || { echo "left with $rc, said: $said" >&2; exit 1; }
          """,
          CONTAINER);

  private static final Round LIFE =
      new Round(
          "life",
          """
          ctr containers create $SNAPSHOTTER $IMAGE %1$s sleep 1000
          ctr tasks start -d %1$s
          rc=0; ctr tasks exec --exec-id e-%1$s %1$s sh -c 'exit 5' || rc=$?; [ $rc = 5 ]
          ctr tasks ls | grep > /dev/null '^%1$s .*RUNNING'
          ctr tasks kill -s KILL %1$s
          ctr tasks rm -f %1$s 2> /dev/null
          ctr containers rm %1$s
          """,
          Stream.concat(
                  CONTAINER.stream(),
                  Stream.of(
                      "/tasks/exec-added %1$s",
                      "/tasks/exec-started %1$s", "/tasks/exit %1$s/e-%1$s"))
              .toList());

  private static final Round SNAPSHOTS =
      new Round(
          "snap",
          """
          ctr snapshots prepare %1$s > /dev/null
          ctr snapshots mounts /nowhere %1$s | grep > /dev/null mount
          ctr snapshots commit c-%1$s %1$s
          ctr snapshots ls | grep > /dev/null '^c-%1$s .*Committed'
          ctr snapshots rm c-%1$s
          """,
          List.of("/snapshot/prepare %1$s", "/snapshot/commit c-%1$s", "/snapshot/remove c-%1$s"));

  private static final Round IMPORT =
      new Round(
          "import",
          """
          ctr -n imports images import --base-name x.y/%1$s $ARCHIVE > /dev/null
          name=$(ctr -n imports images ls -q | head -1)
          digest=$(ctr -n imports images ls "name==$name" | awk 'NR == 2 {print $3}')
          [ "sha256:$(ctr -n imports content get $digest | sha256sum | cut -d' ' -f1)" = "$digest" ]
          ctr -n imports images rm --sync $name > /dev/null
          """,
          List.of());

  private static final Round IMAGES =
      new Round(
          "image",
          """
          ctr images ls -q | grep > /dev/null -x $IMAGE
          ctr images tag $IMAGE x.y/%1$s:1 > /dev/null
          ctr images ls -q | grep > /dev/null -x x.y/%1$s:1
          ctr images rm x.y/%1$s:1 > /dev/null
          ctr content ls -q > /dev/null
          """,
          List.of("/images/create x.y/%1$s:1", "/images/delete x.y/%1$s:1"));

  /** Between two rounds of a client. */
  private static final int THINKING_MILLIS = 200;

  private static final String STRICT =
      "set -eEo pipefail; trap 'echo \"failed: $BASH_COMMAND\" >&2' ERR\n";

  private final Shell overlay;
  private final Shell copies;
  private final AtomicInteger serial = new AtomicInteger();
  private final AtomicLong rounds = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile CountDownLatch stopped = new CountDownLatch(1);

  CtrLoad(Daemon daemon) {
    overlay = daemon.shell(environment(""));
    copies = daemon.shell(environment("--snapshotter=native"));
  }

  private static java.util.Map<String, String> environment(String snapshotter) {
    return java.util.Map.of(
        "IMAGE", IMAGE,
        "SNAPSHOTTER", snapshotter,
        "ARCHIVE", Daemon.installed().resolve("share/gantry/busybox.tar").toString());
  }

  /** Goes on, or begins. */
  void start() {
    stopped = new CountDownLatch(1);
    client(overlay, RUN);
    client(overlay, RUN);
    client(copies, RUN);
    client(overlay, LIFE);
    client(overlay, LIFE);
    client(overlay, SNAPSHOTS);
    client(overlay, IMPORT);
    client(overlay, IMAGES);
  }

  /** Waits until each client has finished its round. */
  void stop() throws InterruptedException {
    stopped.countDown();
    for (Thread client : clients) {
      client.join();
    }
    clients.clear();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  long rounds() {
    return rounds.get();
  }

  /** What the rounds that succeeded must have caused, once each. */
  List<String> events() {
    return List.copyOf(events);
  }

  private boolean isStopped() {
    try {
      return stopped.await(THINKING_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void client(Shell shell, Round round) {
    Thread client =
        Thread.ofPlatform().name("load-" + round.name()).start(() -> repeat(shell, round));
    clients.add(client);
  }

  /** Clients wait for the daemon, not it for them: else the scheduler would be what is measured. */
  private static List<String> polite(String script) {
    return List.of("nice", "-n", "15", "bash", "-c", STRICT + script);
  }

  private void repeat(Shell shell, Round round) {
    while (!isStopped()) {
      String name = round.name() + "-" + serial.incrementAndGet();
      long begin = System.nanoTime();
      try {
        Shell.Result result = shell.run(polite(round.script().formatted(name)));
        if (result.exitCode() != 0) {
          failures.add(
              "%s left with %d after %d ms: %s"
                  .formatted(
                      name,
                      result.exitCode(),
                      (System.nanoTime() - begin) / 1_000_000,
                      result.all()));
          continue;
        }
        round.events().forEach(event -> events.add(event.formatted(name)));
        rounds.incrementAndGet();
      } catch (Shell.TimeoutError e) {
        failures.add(name + ": " + e.getMessage());
      }
    }
  }
}
