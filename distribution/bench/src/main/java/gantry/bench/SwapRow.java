// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import gantry.errors.GantryException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.PluginChange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** What clients feel while plugins they use are replaced. Only Gantry can do it. */
final class SwapRow implements Row {
  private static final int CLIENTS = 4;
  private static final List<String> PLUGINS =
      List.of(
          "gantry.plugins.metadata",
          "gantry.plugins.content",
          "gantry.plugins.snapshotter.overlay",
          "gantry.plugins.tasks",
          "gantry.plugins.grpc");

  @Override
  public String name() {
    return "swap";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    Path jars = Files.createDirectories(stage.directory("jars"));
    List<Double> swaps = new ArrayList<>();
    List<Double> calm = new ArrayList<>();
    List<Double> busy = new ArrayList<>();
    AtomicInteger failed = new AtomicInteger();
    stage.quiet();
    try (Pair pair = stage.fresh()) {
      Side side = pair.gantry();
      side.workload().note("swap");
      int plugins = settings.many(PLUGINS.size(), 2);
      for (int round = 0; round < settings.rounds(5, 1); round++) {
        calm.add(during(side, failed, () -> calls(side, settings.many(1500, 50))));
        int version = round + 1;
        busy.add(
            during(
                side,
                failed,
                () -> {
                  for (String plugin : PLUGINS.subList(0, plugins)) {
                    Path jar = newer(stage.settings().install(), plugin, version, jars);
                    swaps.add(Turns.millis(() -> swap(side, jar)));
                  }
                }));
      }
    }
    report.less(
        name(), "swap of a plugin", "ms", Series.alone(swaps), "under " + CLIENTS + " clients");
    report.less(name(), "a client's call, no swap, p99", "ms", Series.alone(calm), "");
    report.less(
        name(),
        "a client's call while plugins are swapped, p99",
        "ms",
        Series.alone(busy),
        failed.get() + " calls failed");
  }

  /** The 99th of a hundred of clients' calls while something is done. */
  private static double during(Side side, AtomicInteger failed, Turns.Act act) throws Exception {
    CompletableFuture<Boolean> end = new CompletableFuture<>();
    CompletableFuture<List<Double>> all = new CompletableFuture<>();
    Thread _ =
        Thread.startVirtualThread(
            () -> {
              try {
                List<Double> took = new ArrayList<>();
                Crowd.act(CLIENTS, number -> client(side, failed, end)).forEach(took::addAll);
                all.complete(took);
              } catch (Exception e) {
                all.completeExceptionally(e);
              }
            });
    try {
      act.run();
    } finally {
      end.complete(true);
    }
    return new Samples(all.get()).p99();
  }

  private static List<Double> client(Side side, AtomicInteger failed, CompletableFuture<?> end)
      throws Exception {
    List<Double> took = new ArrayList<>();
    try (GantryClient client = side.daemon().connect()) {
      do {
        took.add(Turns.millis(() -> call(client, failed)));
      } while (!end.isDone());
    }
    return took;
  }

  private static void call(GantryClient client, AtomicInteger failed) {
    try {
      Object _ = client.containers().get("swap");
      Object _ = client.tasks().list();
      client.snapshots(Side.SNAPSHOTTER).walk(List.of(), snapshot -> {});
    } catch (GantryException e) {
      failed.incrementAndGet();
    }
  }

  private static void calls(Side side, int count) {
    AtomicInteger ignored = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      call(side.client(), ignored);
    }
  }

  private static void swap(Side side, Path jar) {
    PluginChange change =
        side.client()
            .plugins()
            .swap(new BundleSource(jar.toString(), ""), ChangeOptions.NONE, step -> {});
    if (change.outcome() != PluginChange.Outcome.DONE) {
      throw new IllegalStateException("swap " + jar.getFileName() + ": " + change.problem());
    }
  }

  /** The shipped jar under a newer version's number. */
  private static Path newer(Path install, String plugin, int number, Path directory)
      throws IOException {
    Path newer = directory.resolve(plugin + "-" + number + ".jar");
    try (JarFile jar = new JarFile(install.resolve("plugins/" + plugin + ".jar").toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      manifest.getMainAttributes().putValue("Bundle-Version", "0.1." + number);
      try (OutputStream file = Files.newOutputStream(newer);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        Enumeration<JarEntry> entries = jar.entries();
        while (entries.hasMoreElements()) {
          copy(jar, entries.nextElement(), out);
        }
      }
    }
    return newer;
  }

  private static void copy(JarFile jar, JarEntry entry, JarOutputStream out) throws IOException {
    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
      out.putNextEntry(new JarEntry(entry.getName()));
      try (InputStream in = jar.getInputStream(entry)) {
        long _ = in.transferTo(out);
      }
      out.closeEntry();
    }
  }
}
