// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.oci.compression.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Equal trees make equal layers, however they came to be. */
class StableLayerTest {
  @TempDir Path temp;
  private Path empty = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    empty = Files.createDirectory(temp.resolve("empty"));
    setTime(empty, Archive.TIME);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void layer_doesNotTellHowTheTreeWasMade(Compression compression) throws IOException {
    Path one = tree("one", new Random(1));
    Path two = tree("two", new Random(2));

    byte[] first = layer(compression, one, null);

    assertThat(layer(compression, two, null)).isEqualTo(first);
    assertThat(layer(compression, one, null)).isEqualTo(first);
    assertThat(first).hasSizeGreaterThan(1000);
  }

  @Test
  void gzip_tellsNoTime() throws IOException {
    byte[] packed = layer(Compression.GZIP, tree("one", new Random(1)), null);

    assertThat(packed).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0);
  }

  @Test
  void sourceDateEpoch_boundsEveryTime() throws IOException {
    Instant epoch = Archive.TIME.minusSeconds(1000);
    byte[] tar = layer(Compression.NONE, tree("one", new Random(1)), epoch);

    TarReader reader = new TarReader(new ByteArrayInputStream(tar));
    int entries = 0;
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      assertThat(entry.modified()).isEqualTo(epoch);
      assertThat(entry.accessed()).isNull();
      entries++;
    }
    assertThat(entries).isGreaterThan(200);
  }

  /** The same files, made in another order, among others that are gone. */
  private Path tree(String name, Random random) throws IOException {
    Path root = Files.createDirectory(temp.resolve(name));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, random);
    for (int i : numbers) {
      Files.writeString(root.resolve("gone"), "x");
      Path directory = Files.createDirectories(root.resolve("d" + i % 10));
      Files.writeString(directory.resolve("f" + i), "content " + i);
      Files.delete(root.resolve("gone"));
    }
    List<String> names = new ArrayList<>(List.of("d3/f3", "d1/link", "zlink", "d9/link"));
    Collections.shuffle(names, random);
    Files.deleteIfExists(root.resolve("d3/f3"));
    Files.writeString(root.resolve(names.getFirst()), "many names");
    for (String other : names.subList(1, names.size())) {
      Files.createLink(root.resolve(other), root.resolve(names.getFirst()));
    }
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Collections.reverseOrder()).toList()) {
        setTime(path, Archive.TIME.plusNanos(random.nextInt(1_000_000)));
      }
    }
    return root;
  }

  private static void setTime(Path path, Instant time) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(time));
  }

  private byte[] layer(Compression compression, Path tree, @Nullable Instant latest)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compression.pack(bytes)) {
      LayerWriter.write(new LayerWriter.Trees(empty, tree, null), latest, out);
    }
    return bytes.toByteArray();
  }
}
