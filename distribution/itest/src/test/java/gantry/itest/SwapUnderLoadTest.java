// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every plugin that ships is replaced again and again by code that differs, while clients work and
 * four long calls are open. No call fails, no event is lost, and nothing of the replaced versions
 * stays. {@code -Dgantry.swap.seconds} and {@code -Dgantry.swap.rounds} say how long at least and
 * how often each; {@code -Dgantry.swap.pause} is the pause in milliseconds that is allowed.
 */
class SwapUnderLoadTest {
  private static final int SECONDS = Integer.getInteger("gantry.swap.seconds", 30);
  private static final int ROUNDS = Integer.getInteger("gantry.swap.rounds", 2);

  /** Long beside what is wanted: where tests run, others may take the processors. */
  private static final int PAUSE = Integer.getInteger("gantry.swap.pause", 2000);

  private static final int SHOWN = 12;

  @TempDir Path home;

  private final List<String> report = new ArrayList<>();
  private final Set<String> problems = new LinkedHashSet<>();

  @Test
  void everyPlugin_swappedUnderLoad_isNoticedByNobody() throws Exception {
    try (Daemon daemon = Daemon.gantry(home.resolve("daemon")).start();
        Channels clients = new Channels(daemon.address());
        Channels admin = new Channels(daemon.address())) {
      String snapshot = prepare(daemon);
      EventTally events = new EventTally(clients);
      CtrLoad load = new CtrLoad(daemon);
      Swaps swaps = new Swaps(admin, Files.createDirectories(home.resolve("jars")));
      try (LongCalls calls = new LongCalls(daemon, clients, home.resolve("long"));
          Probes probes = new Probes(clients, snapshot)) {
        under(load, () -> quiet(probes));
        report.add("without swaps: " + Probes.summary(probes.take()));
        under(load, () -> round(swaps, probes, calls));
        Footprint before = footprint(daemon, swaps);
        probes.take();
        under(load, () -> rounds(swaps, probes, calls));
        List<Probes.Call> during = probes.take();
        report.add("during swaps: " + Probes.summary(during));
        report.add(swaps.summary() + "; rounds of clients: " + load.rounds());
        finish(calls);
        probes.stop();
        // A call may end in the version it began in, and keeps that until then.
        Footprint after = footprint(daemon, swaps);
        failed("swap", swaps.failures());
        failed("client", load.failures());
        failed("probe", probes.failures());
        failed("event", events.wrong(load.events(), Duration.ofSeconds(10)));
        report.add("%d events, %d told".formatted(events.total(), load.events().size()));
        if (events.end() != null) {
          problems.add("the subscription: " + events.end());
        }
        if (during.getLast().millis() > PAUSE) {
          problems.add("a pause over %d ms: %s".formatted(PAUSE, during.getLast()));
        }
        compare(before, after, daemon);
      } finally {
        System.out.println(String.join("\n", report));
        Files.copy(
            daemon.log(),
            Path.of("target/swap-under-load.log"),
            StandardCopyOption.REPLACE_EXISTING);
      }
      assertThat(problems).as("after %s", report).isEmpty();
      assertThat(load.rounds()).as("rounds of clients").isGreaterThan(20);
    }
  }

  private String prepare(Daemon daemon) {
    Shell shell = daemon.shell(Map.of());
    Shell.Result prepared =
        shell.bash(
            """
            set -e
            ctr images import %s > /dev/null
            ctr snapshots --snapshotter overlayfs ls | awk 'NR == 2 {print $1}'
            """
                .formatted(Daemon.installed().resolve("share/gantry/busybox.tar")));
    assertThat(prepared.exitCode()).as(prepared.all()).isZero();
    return prepared.output().strip();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void under(CtrLoad load, Work work) throws Exception {
    load.start();
    try {
      work.run();
    } finally {
      load.stop();
    }
  }

  /** How long clients wait on this machine when nothing is swapped. */
  private static void quiet(Probes probes) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(Math.max(5, SECONDS / 6)).toNanos();
    synchronized (probes) {
      while (System.nanoTime() < end) {
        probes.wait(200);
      }
    }
  }

  private void round(Swaps swaps, Probes probes, LongCalls calls) throws Exception {
    for (Path jar : Swaps.shipped()) {
      probes.during("swap of " + jar.getFileName());
      swaps.swap(jar);
      if (problems.isEmpty()) {
        calls.broken().forEach(call -> problems.add("after " + jar.getFileName() + ", " + call));
      }
    }
    probes.during("");
  }

  private void rounds(Swaps swaps, Probes probes, LongCalls calls) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    int done = 1;
    while (done < ROUNDS || System.nanoTime() < end) {
      round(swaps, probes, calls);
      done++;
    }
    report.add("each bundle was swapped " + done + " times");
  }

  private void finish(LongCalls calls) throws InterruptedException {
    try {
      calls.finish();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      problems.add("long calls: " + e);
    }
  }

  private void failed(String what, List<String> failures) {
    failures.stream().limit(SHOWN).forEach(failure -> problems.add(what + ": " + failure));
    if (failures.size() > SHOWN) {
      problems.add("%s: %d more".formatted(what, failures.size() - SHOWN));
    }
  }

  /** Collections are the daemon's to make; what is to be let go may take a few. */
  private Footprint footprint(Daemon daemon, Swaps swaps) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Footprint footprint = Footprint.of(daemon.process());
    while (footprint.loaders() > Swaps.shipped().size() && System.nanoTime() < end) {
      footprint = Footprint.of(daemon.process());
    }
    report.add("after " + swaps.count() + " swaps: " + footprint);
    return footprint;
  }

  private void compare(Footprint before, Footprint after, Daemon daemon) throws Exception {
    if (after.loaders() > Swaps.shipped().size()) {
      report.add("versions kept of " + Footprint.packagesOfSeveralVersions(daemon.process()));
    }
    // The event stream is still open, and may keep the version that it began in.
    if (after.loaders() > Swaps.shipped().size() + 1) {
      problems.add(
          "%d class loaders for %d bundles".formatted(after.loaders(), Swaps.shipped().size()));
    }
    if (after.metaspaceKb() > before.metaspaceKb() + 4096) {
      problems.add("metaspace grows: " + after + " after " + before);
    }
    if (after.threads() > before.threads() + 10) {
      problems.add("threads grow: " + after + " after " + before);
    }
    if (after.files() > before.files() + 10) {
      problems.add("open files grow: " + after + " after " + before);
    }
  }
}
