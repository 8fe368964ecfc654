// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.Snapshotter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a {@link Snapshotter} must bear to be replaced while clients work: versions that come, serve
 * and go on one directory, each opened while the one before is at work. Needs root.
 */
@Tag("root")
public interface SnapshotSuccessionContract<S extends Snapshotter & Closeable> {
  /** Opens the snapshotter of a directory that may be in use by another. */
  S open(Path root) throws IOException;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  default void versionsUnderLoad_loseAndLeaveNothing(long seed, @TempDir Path temp)
      throws Exception {
    Path root = temp.resolve("root");
    open(root).close();
    Set<String> empty = paths(root);
    Succession<Snapshotter> versions = new Succession<>(open(root));
    Snapshotter snapshots = versions.proxy(Snapshotter.class);
    int clients = 4;
    AtomicInteger busy = new AtomicInteger(clients);
    List<Client> done =
        Together.call(
            clients + 1,
            thread -> {
              Client client = new Client(snapshots, "c" + thread, new Random(seed * 31 + thread));
              if (thread < clients) {
                try {
                  client.work(60);
                } finally {
                  busy.decrementAndGet();
                }
              }
              while (thread == clients && busy.get() > 0) {
                versions.replace(open(root), version -> ((Closeable) version).close());
              }
              return client;
            });

    Set<String> wanted = new TreeSet<>();
    done.forEach(client -> wanted.addAll(client.kept()));
    assertThat(names(snapshots)).isEqualTo(wanted);
    for (Client client : done) {
      client.check(new Layers(snapshots, temp.resolve("work")));
      client.removeAll();
    }
    snapshots.cleanup();
    ((Closeable) versions.current()).close();
    assertThat(paths(root)).isEqualTo(empty);
  }

  @Test
  default void close_whileAVersionIsOpen_takesNothingFromIt(@TempDir Path temp) throws Exception {
    Path root = temp.resolve("root");
    S first = open(root);
    Layers before = new Layers(first, temp.resolve("work"));
    before.commit("one", "", mounted -> Layers.write(mounted, "a", "1"));
    first.prepare("begun", "one", Labels.none());
    try (S second = open(root)) {
      first.close();
      first.close();
      second.commit("two", "begun", "", Labels.none());

      assertThat(second.stat("two").parent()).isEqualTo("one");
      Layers after = new Layers(second, temp.resolve("work"));
      after.look("two", mounted -> assertThat(mounted.resolve("a")).hasContent("1"));
    }
  }

  /** One who makes, commits and removes snapshots of its own, and knows what must be there. */
  final class Client {
    private final Snapshotter snapshots;
    private final String name;
    private final Random random;
    private final List<String> active = new ArrayList<>();
    private final TreeMap<String, String> parents = new TreeMap<>();
    private int next;

    Client(Snapshotter snapshots, String name, Random random) {
      this.snapshots = snapshots;
      this.name = name;
      this.random = random;
    }

    void work(int steps) throws IOException {
      for (int i = 0; i < steps; i++) {
        switch (random.nextInt(6)) {
          case 0, 1 -> prepare();
          case 2 -> commit();
          case 3 -> view();
          case 4 -> removeLeaf();
          default -> snapshots.cleanup();
        }
      }
    }

    private String parent() {
      List<String> committed = List.copyOf(parents.keySet());
      return committed.isEmpty() ? "" : committed.get(random.nextInt(committed.size()));
    }

    private void prepare() throws IOException {
      String key = name + "-active-" + next++;
      assertThat(snapshots.prepare(key, parent(), Labels.none())).isNotEmpty();
      active.add(key);
    }

    private void commit() throws IOException {
      if (active.isEmpty()) {
        return;
      }
      String key = active.removeLast();
      String parent = snapshots.stat(key).parent();
      String layer = name + "-layer-" + next++;
      snapshots.commit(layer, key, "", Labels.none());
      assertThat(snapshots.stat(layer).parent()).isEqualTo(parent);
      parents.put(layer, parent);
    }

    private void view() throws IOException {
      String key = name + "-view-" + next++;
      snapshots.view(key, parent(), Labels.none());
      assertThat(snapshots.mounts(key)).isNotEmpty();
      snapshots.remove(key);
    }

    private void removeLeaf() throws IOException {
      if (!active.isEmpty()) {
        snapshots.remove(active.removeFirst());
      }
      Set<String> used = new TreeSet<>(parents.values());
      for (String key : active) {
        used.add(snapshots.stat(key).parent());
      }
      List<String> leaves = parents.keySet().stream().filter(key -> !used.contains(key)).toList();
      if (!leaves.isEmpty()) {
        snapshots.remove(leaves.getFirst());
        parents.remove(leaves.getFirst());
      }
    }

    Set<String> kept() {
      Set<String> kept = new TreeSet<>(active);
      kept.addAll(parents.keySet());
      return kept;
    }

    /** Every directory is there: each can be mounted. */
    void check(Layers layers) throws IOException {
      for (String layer : parents.keySet()) {
        layers.look(layer, mounted -> assertThat(mounted).isEmptyDirectory());
      }
      for (String key : active) {
        layers.mounted(snapshots.mounts(key), mounted -> Layers.write(mounted, "new", "1"));
      }
    }

    void removeAll() throws IOException {
      for (String key : active) {
        snapshots.remove(key);
      }
      active.clear();
      while (!parents.isEmpty()) {
        removeLeaf();
      }
    }
  }

  private static Set<String> names(Snapshotter snapshots) throws IOException {
    Set<String> names = new TreeSet<>();
    snapshots.walk(Filter.ALL, (SnapshotInfo info) -> names.add(info.name()));
    return names;
  }

  /** All that is on the disk but for the book. */
  private static Set<String> paths(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .map(path -> root.relativize(path).toString())
          .filter(path -> !path.contains(".db") && !path.startsWith(".sqlite"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
