// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;

/** What a daemon finds that starts after another was killed between two of these steps. */
class BundleStoreTest {
  @TempDir Path directory;
  private BundleStore store;

  @BeforeEach
  void make() throws Exception {
    store = new BundleStore(directory);
    place("one", null);
    store.settle("echo", null);
  }

  @Test
  void afterPlacing_theNewOneWinsAndTheOldOneIsKept() throws Exception {
    place("two", Version.valueOf("1.0.0"));

    restart();

    assertThat(files()).containsExactly("echo.jar=two", "kept/echo/1-1.0.0.jar=one");
  }

  @Test
  void afterUndoing_allIsAsBefore() throws Exception {
    place("two", Version.valueOf("1.0.0")).undo();

    restart();

    assertThat(files()).containsExactly("echo.jar=one");
  }

  @Test
  void afterClearing_noneWins_andUndoingBringsItBack() throws Exception {
    BundleStore.Placement cleared = store.clear("echo");
    assertThat(store.winning("echo")).isEmpty();

    cleared.undo();
    restart();

    assertThat(files()).containsExactly("echo.jar=one");
  }

  @Test
  void beforePlacing_whatWasFetchedIsRemoved() throws Exception {
    Files.writeString(store.incoming().resolve("two"), "two");

    restart();

    assertThat(files()).containsExactly("echo.jar=one");
    assertThat(directory.resolve("incoming")).doesNotExist();
  }

  @Test
  void settling_keepsThree_andForgetsTheOneThatWasUsed() throws Exception {
    for (int i = 2; i <= 6; i++) {
      place("v" + i, new Version(i, 0, 0));
      store.settle("echo", null);
    }
    List<Path> kept = store.kept("echo");
    assertThat(kept)
        .extracting(jar -> jar.getFileName().toString())
        .containsExactly("5-6.0.0.jar", "4-5.0.0.jar", "3-4.0.0.jar");

    place("v5", null);
    store.settle("echo", kept.getFirst());

    assertThat(store.kept("echo")).isEqualTo(kept.subList(1, 3));
  }

  private BundleStore.Placement place(String content, @Nullable Version keep) throws IOException {
    Path fresh = Files.writeString(store.incoming().resolve("fresh"), content);
    return store.place("echo", fresh, keep);
  }

  private void restart() throws IOException {
    new BundleStore(directory).clean();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file) + "=" + content(file))
          .sorted()
          .toList();
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
