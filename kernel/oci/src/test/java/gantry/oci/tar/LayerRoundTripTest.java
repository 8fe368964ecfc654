// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.linux.files.Directory;
import gantry.linux.files.FileNames;
import gantry.linux.files.FileStat;
import gantry.linux.files.OpenFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made from two trees turns a copy of the one into the other. */
class LayerRoundTripTest {
  /** A valid capability of version 2: cap_net_bind_service, permitted. */
  private static final byte[] CAPABILITY = {
    1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  @TempDir Path temp;
  private Path lower = Path.of("");
  private Path upper = Path.of("");
  private Path copy = Path.of("");

  private interface Change {
    void on(Directory directory) throws IOException;
  }

  @BeforeEach
  void prepare() throws IOException {
    lower = Files.createDirectories(temp.resolve("lower"));
    upper = Files.createDirectories(temp.resolve("upper"));
    copy = Files.createDirectories(temp.resolve("copy"));
  }

  @Test
  void newTree_ofEveryType() throws IOException {
    in(upper, LayerRoundTripTest::everyType);

    roundTrip();

    assertThat(describe(copy)).isEqualTo(describe(upper)).hasSizeGreaterThan(12);
  }

  @Test
  void changes_ofEveryKind() throws IOException {
    for (Path tree : List.of(lower, upper, copy)) {
      in(tree, LayerRoundTripTest::everyType);
    }
    in(
        upper,
        directory -> {
          directory.removeTree("d");
          file(directory, "d", "now a file");
          directory.remove("char");
          directory.remove("sym");
          directory.makeDirectory("sym", 0711);
          directory.changeMode("file", 0600);
          directory.xattrs("exec").set("security.capability", CAPABILITY);
          try (Directory deep = directory.child("deep")) {
            file(deep, "new", "new");
            deep.changeTimes(Directory.SELF, Archive.TIME, Archive.TIME);
          }
        });

    List<String> names = roundTrip();

    assertThat(describe(copy)).isEqualTo(describe(upper));
    assertThat(names)
        .containsExactly(".wh.char", "d", "deep/", "deep/new", "exec", "file", "sym/", "twin");
  }

  @Test
  void equalTrees_makeAnEmptyLayer() throws IOException {
    in(lower, LayerRoundTripTest::everyType);
    in(upper, LayerRoundTripTest::everyType);

    assertThat(roundTrip()).isEmpty();
  }

  @Test
  void sameSizeAndTime_differingContent_isFound() throws IOException {
    in(lower, directory -> file(directory, "f", "aaaa"));
    in(upper, directory -> file(directory, "f", "bbbb"));

    assertThat(roundTrip()).containsExactly("f");
  }

  @Test
  void unchangedNames_ofFileWithNewName_becomeLinks() throws IOException {
    for (Path tree : List.of(lower, upper, copy)) {
      in(
          tree,
          directory -> {
            directory.makeDirectory("a", 0755);
            directory.makeDirectory("z", 0755);
            try (Directory a = directory.child("a");
                Directory z = directory.child("z")) {
              file(a, "one", "content");
              z.makeLink("two", a, "one");
              z.makeLink("three", a, "one");
            }
          });
    }
    in(
        upper,
        directory -> {
          try (Directory a = directory.child("a");
              Directory z = directory.child("z")) {
            z.makeLink("new", a, "one");
          }
        });

    List<String> names = roundTrip();

    assertThat(names).containsExactly("z/", "z/new", "a/", "a/one", "z/three", "z/two");
    assertThat(describe(copy)).isEqualTo(describe(upper));
  }

  @Test
  void deepTrees_fitOnASmallStack() throws Exception {
    in(upper, directory -> deep(directory, 1000));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Throwable> failures = new ArrayList<>();

    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                LayerWriter.write(trees(), null, out);
                LayerApplier.apply(
                    new ByteArrayInputStream(out.toByteArray()),
                    copy,
                    new LayerApplier.Options(WhiteoutStyle.REMOVE, List.of(), true, w -> {}));
                new Archive().file("0/.wh..wh..opq", "").applyTo(copy);
              } catch (IOException | RuntimeException | StackOverflowError e) {
                failures.add(e);
              }
            },
            "small",
            200 * 1024);
    thread.start();
    thread.join(120_000);

    assertThat(failures).isEmpty();
    assertThat(entries(out.toByteArray())).hasSize(1000);
    in(upper, directory -> directory.removeTree("0"));
    in(copy, directory -> assertThat(directory.list()).containsExactly("0"));
    assertThat(copy.resolve("0")).isEmptyDirectory();
  }

  private static void deep(Directory directory, int depth) throws IOException {
    Directory at = directory;
    for (int i = 0; i < depth; i++) {
      at.makeDirectory("0", 0755);
      Directory below = at.child("0");
      if (i > 0) {
        at.close();
      }
      at = below;
    }
    at.close();
  }

  @Test
  void sockets_areLeftOut_andTimesBounded() throws IOException {
    in(
        upper,
        directory -> {
          directory.makeNode("socket", FileStat.SOCKET | 0600, 0, 0);
          file(directory, "f", "x");
          directory.changeTimes("f", Instant.ofEpochSecond(500), Instant.ofEpochSecond(2000, 5));
        });
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    LayerWriter.write(trees(), Instant.ofEpochSecond(1000, 7), out);

    List<TarEntry> entries = entries(out.toByteArray());
    assertThat(entries).hasSize(1);
    assertThat(entries.getFirst().modified()).isEqualTo(Instant.ofEpochSecond(1000));
  }

  @Test
  void whiteout_isAnEmptyFileOf1970() throws IOException {
    in(lower, directory -> file(directory, "n".repeat(120), "x"));
    in(copy, directory -> file(directory, "n".repeat(120), "x"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    LayerWriter.write(trees(), Instant.ofEpochSecond(1000), out);

    TarEntry whiteout = entries(out.toByteArray()).getFirst();
    assertThat(whiteout.name()).isEqualTo(".wh." + "n".repeat(120));
    assertThat(whiteout.modified()).isEqualTo(Instant.EPOCH);
    assertThat(whiteout.permissions()).isZero();
  }

  private List<String> roundTrip() throws IOException {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    LayerWriter.write(trees(), null, first);
    LayerWriter.write(trees(), null, second);
    assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
    LayerApplier.apply(
        new ByteArrayInputStream(first.toByteArray()),
        copy,
        new LayerApplier.Options(WhiteoutStyle.REMOVE, List.of(), true, w -> {}));
    return entries(first.toByteArray()).stream().map(TarEntry::name).toList();
  }

  private LayerWriter.Trees trees() {
    return new LayerWriter.Trees(lower, upper, null);
  }

  private static List<TarEntry> entries(byte[] archive) throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(archive));
    List<TarEntry> entries = new ArrayList<>();
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private static void everyType(Directory directory) throws IOException {
    file(directory, "file", "content");
    file(directory, "exec", "binary");
    directory.changeMode("exec", 06755);
    directory.xattrs("file").set("security.capability", CAPABILITY);
    directory.makeSymlink("sym", "/no/where/" + "l".repeat(150));
    directory.changeOwner("sym", 3_000_000, 70_000);
    directory.makeLink("twin", directory, "file");
    directory.makeNode("char", FileStat.CHARACTER | 0620, 136, 70_000);
    directory.makeNode("block", FileStat.BLOCK | 0660, 8, 1);
    directory.makeNode("pipe", FileStat.FIFO | 0600, 0, 0);
    file(directory, FileNames.decode(new byte[] {'b', (byte) 0xff, 'c'}), "odd name");
    directory.makeDirectory("deep", 01777);
    directory.changeMode("deep", 01777);
    try (Directory deep = directory.child("deep")) {
      file(deep, "ü".repeat(100), "long");
      file(deep, "sub-" + "s".repeat(200), "long");
    }
    directory.makeDirectory("d", 0700);
    try (Directory d = directory.child("d")) {
      file(d, "inside", "x");
    }
    for (String name : directory.list()) {
      directory.changeTimes(name, Archive.TIME, Archive.TIME);
    }
  }

  private static void file(Directory directory, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    try (OpenFile file = directory.create(name, 0644)) {
      file.write(bytes, 0, bytes.length);
      file.changeTimes(Archive.TIME, Archive.TIME);
    }
  }

  private static void in(Path path, Change change) throws IOException {
    try (Directory directory = Directory.open(path)) {
      change.on(directory);
    }
  }

  private static List<String> describe(Path path) throws IOException {
    List<String> lines = new ArrayList<>();
    in(path, directory -> describe(directory, lines::add));
    return lines;
  }

  private static void describe(Directory directory, Consumer<String> lines) throws IOException {
    for (String name : directory.list()) {
      FileStat stat = directory.stat(name);
      lines.accept(
          "%s/%s %o %d:%d links %d size %d dev %d:%d time %s caps %s to %s is %s"
              .formatted(
                  directory.path(),
                  name,
                  stat.mode(),
                  stat.uid(),
                  stat.gid(),
                  stat.links(),
                  stat.isDirectory() ? 0 : stat.size(),
                  stat.nodeMajor(),
                  stat.nodeMinor(),
                  stat.modified().truncatedTo(ChronoUnit.SECONDS),
                  directory.xattrs(name).find("security.capability").map(FileNames::decode),
                  stat.isSymlink() ? directory.readLink(name) : "",
                  stat.isRegular() ? content(directory, name) : ""));
      if (stat.isDirectory()) {
        try (Directory child = directory.child(name)) {
          describe(child, lines);
        }
      }
    }
  }

  private static String content(Directory directory, String name) throws IOException {
    try (OpenFile file = directory.read(name)) {
      byte[] bytes = new byte[100];
      int n = Math.max(0, file.read(bytes, 0, bytes.length));
      return new String(bytes, 0, n, StandardCharsets.UTF_8);
    }
  }
}
