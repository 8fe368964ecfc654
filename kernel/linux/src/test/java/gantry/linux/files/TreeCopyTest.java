// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeCopyTest {
  private static final Instant ACCESSED = Instant.parse("2001-02-03T04:05:06.123456789Z");
  private static final Instant MODIFIED = Instant.parse("1999-12-31T23:59:59.987654321Z");

  @TempDir Path temp;
  private Path source;
  private Path target;

  @BeforeEach
  void makeDirectories() throws IOException {
    source = Files.createDirectory(temp.resolve("source"));
    target = Files.createDirectory(temp.resolve("target"));
  }

  @Test
  void copy_keepsOwnersModesAndTimesOfEveryType() throws IOException {
    try (Directory root = Directory.open(source)) {
      root.makeDirectory("directory", 0700);
      root.create("file", 0600).close();
      root.makeSymlink("link", "/nowhere/at all");
      root.makeNode("fifo", FileStat.FIFO | 0600, 0, 0);
      root.makeNode("socket", FileStat.SOCKET | 0600, 0, 0);
      root.makeNode("null", FileStat.CHARACTER | 0600, 1, 3);
      root.makeNode("disk", FileStat.BLOCK | 0600, 259, 300_000);
      root.makeNode("whiteout", FileStat.CHARACTER, 0, 0);
      int id = 1000;
      for (String name : root.list()) {
        root.changeOwner(name, id, id + 500);
        id++;
        root.changeMode(name, 07751);
        root.changeTimes(name, ACCESSED, MODIFIED);
      }
      root.changeMode(Directory.SELF, 01777);
      root.changeTimes(Directory.SELF, ACCESSED, MODIFIED);
    }

    TreeCopy.copy(source, target);

    assertThat(facts(target)).isEqualTo(facts(source));
    assertThat(facts(target)).containsKey("/disk").hasSize(9);
  }

  @Test
  void copy_keepsTimesOfDirectoriesThatHoldSomething() throws IOException {
    try (Directory root = Directory.open(source)) {
      root.makeDirectory("a", 0755);
      try (Directory a = root.child("a")) {
        a.makeDirectory("b", 0500);
        try (Directory b = a.child("b")) {
          b.create("file", 0644).close();
        }
        a.changeTimes("b", ACCESSED, MODIFIED);
      }
      root.changeTimes("a", MODIFIED, ACCESSED);
    }

    TreeCopy.copy(source, target);

    assertThat(facts(target)).isEqualTo(facts(source)).hasSize(4);
  }

  @Test
  void copy_keepsExtendedAttributes() throws IOException {
    byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    try (Directory root = Directory.open(source)) {
      root.create("file", 0755).close();
      root.changeOwner("file", 1234, 1234);
      root.xattrs("file").set("user.text", "value".getBytes(StandardCharsets.UTF_8));
      root.xattrs("file").set("user.empty", new byte[0]);
      root.xattrs("file").set("security.capability", capability);
      root.makeSymlink("link", "file");
      root.xattrs("link").set("trusted.mark", new byte[] {0, 1, 2});
      root.xattrs(Directory.SELF).set("user.root", new byte[] {9});
    }

    TreeCopy.copy(source, target);

    try (Directory root = Directory.open(target)) {
      assertThat(root.xattrs("file").find("user.text"))
          .hasValue("value".getBytes(StandardCharsets.UTF_8));
      assertThat(root.xattrs("file").find("user.empty")).hasValue(new byte[0]);
      assertThat(root.xattrs("file").find("security.capability")).hasValue(capability);
      assertThat(root.xattrs("link").find("trusted.mark")).hasValue(new byte[] {0, 1, 2});
      assertThat(root.xattrs(Directory.SELF).find("user.root")).hasValue(new byte[] {9});
    }
  }

  @Test
  void copy_keepsNamesOfOneFileTogether() throws IOException {
    Files.createDirectories(source.resolve("x/y"));
    Files.writeString(source.resolve("x/y/first"), "one");
    Files.createLink(source.resolve("a"), source.resolve("x/y/first"));
    Files.createLink(source.resolve("x/z"), source.resolve("x/y/first"));
    Files.writeString(source.resolve("b"), "other");
    try (Directory root = Directory.open(source)) {
      root.makeSymlink("s1", "t");
      root.makeLink("s2", root, "s1");
    }

    TreeCopy.copy(source, target);

    try (Directory root = Directory.open(target);
        RootedDirectory names = RootedDirectory.open(target);
        Directory y = names.resolve("/x/y")) {
      assertThat(root.stat("a").links()).isEqualTo(3);
      assertThat(root.stat("a").isSameFile(y.stat("first"))).isTrue();
      assertThat(root.stat("b").links()).isEqualTo(1);
      assertThat(root.stat("s1").isSameFile(root.stat("s2"))).isTrue();
    }
    assertThat(target.resolve("x/z")).hasContent("one");
  }

  @Test
  void copy_keepsHolesAndContent() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
      file.seek(10 << 20);
      file.write(new byte[] {1, 2, 3});
      file.setLength(20 << 20);
    }
    byte[] content = new byte[3_000_001];
    new Random(1).nextBytes(content);
    Files.write(source.resolve("dense"), content);

    TreeCopy.copy(source, target);

    assertThat(Files.mismatch(source.resolve("sparse"), target.resolve("sparse"))).isEqualTo(-1);
    assertThat(target.resolve("dense")).hasBinaryContent(content);
    try (Directory root = Directory.open(target)) {
      assertThat(root.stat("sparse").size()).isEqualTo(20 << 20);
      assertThat(root.stat("sparse").blocks()).isLessThan(2048);
    }
  }

  @Test
  void copy_keepsNamesThatAreNotText() throws IOException {
    String name = FileNames.decode(new byte[] {'a', (byte) 0xff, 'b', '\n'});
    try (Directory root = Directory.open(source)) {
      root.create(name, 0644).close();
    }

    TreeCopy.copy(source, target);

    try (Directory root = Directory.open(target)) {
      assertThat(root.list()).containsExactly(name);
    }
  }

  @Test
  void copy_doesNotFollowLinks() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "x");
    Files.createSymbolicLink(source.resolve("out"), outside);

    TreeCopy.copy(source, target);

    assertThat(target.resolve("out")).isSymbolicLink();
    assertThat(Files.readSymbolicLink(target.resolve("out"))).isEqualTo(outside);
  }

  @Test
  void usage_countsAFileOfManyNamesOnce() throws IOException {
    long empty = DiskUsage.of(source).bytes();
    Files.write(source.resolve("a"), new byte[100_000]);
    Files.createLink(source.resolve("b"), source.resolve("a"));
    Files.createDirectory(source.resolve("d"));
    Files.createLink(source.resolve("d/c"), source.resolve("a"));

    DiskUsage usage = DiskUsage.of(source);

    assertThat(usage.inodes()).isEqualTo(3);
    assertThat(usage.bytes() - empty).isBetween(100_000L, 130_000L);
  }

  @Test
  void usage_countsHolesForNothing() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(source.resolve("f").toFile(), "rw")) {
      file.setLength(1 << 30);
    }

    assertThat(DiskUsage.of(source).bytes()).isLessThan(1 << 20);
    assertThat(DiskUsage.of(source).inodes()).isEqualTo(2);
  }

  @Test
  void flush_ofTreeOlderThanTheLastFlush_writesNothing() throws IOException {
    Files.createDirectories(source);
    for (int i = 0; i < 20; i++) {
      Files.writeString(source.resolve("f" + i), "x");
    }
    AtomicInteger writes = new AtomicInteger();
    TreeFlush flush = new TreeFlush(temp, writes::incrementAndGet);
    awaitOlder(DiskUsage.of(source).changed());

    flush.flush(source, DiskUsage.of(source));
    flush.flush(source, DiskUsage.of(source));
    assertThat(writes).hasValue(1);

    Files.setPosixFilePermissions(
        source.resolve("f3"), PosixFilePermissions.fromString("rwx------"));
    flush.flush(source, DiskUsage.of(source));
    assertThat(writes).hasValue(2);
  }

  /** A change and a flush in one tick of the clock are told apart in favour of the disk only. */
  private static void awaitOlder(Instant changed) {
    while (Instant.now().isBefore(changed.plusMillis(50))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void flush_ofSmallAndLargeTrees_returns() throws IOException {
    Files.createDirectories(source.resolve("a/b"));
    Files.writeString(source.resolve("a/b/f"), "x");
    Files.createSymbolicLink(source.resolve("a/l"), Path.of("nowhere"));
    TreeFlush flush = new TreeFlush(temp);

    flush.flush(source, 4);
    flush.flush(source, 1_000_000);

    assertThat(source.resolve("a/b/f")).hasContent("x");
  }

  /** What is known of every file of a tree, by path; without inode, space and time of change. */
  private static Map<String, List<Object>> facts(Path path) throws IOException {
    Map<String, List<Object>> facts = new TreeMap<>();
    try (Directory root = Directory.open(path)) {
      facts.put("", fact(root.stat(Directory.SELF)));
      TreeWalk.walk(
          root,
          (parent, name) -> {
            FileStat stat = parent.stat(name);
            facts.put(parent.path() + "/" + name, fact(stat));
            return stat.isDirectory();
          });
    }
    return facts;
  }

  private static List<Object> fact(FileStat stat) {
    // Reading a directory or file moves its time of access.
    Object accessed = stat.isDirectory() || stat.isSymlink() ? "" : stat.accessed();
    return List.of(
        stat.mode(),
        stat.uid(),
        stat.gid(),
        stat.isDirectory() ? 0 : stat.size(),
        stat.nodeMajor(),
        stat.nodeMinor(),
        accessed,
        stat.modified());
  }
}
