// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
  private static final Instant TIME = Instant.ofEpochSecond(1_234_567_890, 123_456_789);

  @TempDir Path temp;

  @SuppressWarnings("NullAway.Init")
  private Directory directory;

  @BeforeEach
  void open() throws IOException {
    directory = Directory.open(temp);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  @Test
  void file_keepsContentOwnerModeAndTimes() throws IOException {
    byte[] content = new byte[700_000];
    Arrays.fill(content, (byte) 7);
    try (OpenFile file = directory.create("f", 0600)) {
      file.write(content, 0, content.length);
      file.changeOwner(12, 34);
      file.changeMode(04751);
      file.changeTimes(TIME, TIME.plusNanos(1));
    }

    FileStat stat = directory.stat("f");
    assertThat(Files.readAllBytes(temp.resolve("f"))).isEqualTo(content);
    assertThat(stat.uid()).isEqualTo(12);
    assertThat(stat.gid()).isEqualTo(34);
    assertThat(stat.isRegular()).isTrue();
    assertThat(stat.permissions()).isEqualTo(04751);
    assertThat(stat.accessed()).isEqualTo(TIME);
    assertThat(stat.modified()).isEqualTo(TIME.plusNanos(1));
    try (OpenFile file = directory.read("f")) {
      assertThat(file.read(new byte[1_000_000], 0, 1_000_000)).isEqualTo(256 * 1024);
    }
  }

  @Test
  void nodes_keepTypeAndNumbers() throws IOException {
    directory.makeNode("c", FileStat.CHARACTER | 0640, 4095, 1048575);
    directory.makeNode("b", FileStat.BLOCK | 0600, 7, 300);
    directory.makeNode("p", FileStat.FIFO | 0644, 0, 0);
    directory.makeNode("w", FileStat.CHARACTER, 0, 0);

    assertThat(directory.stat("c").nodeMajor()).isEqualTo(4095);
    assertThat(directory.stat("c").nodeMinor()).isEqualTo(1048575);
    assertThat(directory.stat("b").type()).isEqualTo(FileStat.BLOCK);
    assertThat(directory.stat("b").nodeMinor()).isEqualTo(300);
    assertThat(directory.stat("p").type()).isEqualTo(FileStat.FIFO);
    assertThat(directory.stat("w").isOverlayWhiteout()).isTrue();
    directory.changeMode("p", 0777);
    assertThat(directory.stat("p").permissions()).isEqualTo(0777);
  }

  @Test
  void links_areNotFollowed() throws IOException {
    Path target = Files.writeString(temp.resolve("target"), "x");
    directory.changeMode("target", 0600);
    directory.makeSymlink("s", "target");
    directory.makeLink("h", directory, "s");

    directory.changeMode("s", 0777);
    directory.changeOwner("s", 9, 9);
    directory.changeTimes("s", TIME, TIME);
    directory.xattrs("s").set("security.probe", new byte[] {0, 1});

    assertThat(directory.readLink("h")).isEqualTo("target");
    assertThat(directory.stat("h").uid()).isEqualTo(9);
    assertThat(directory.stat("h").modified()).isEqualTo(TIME);
    assertThat(directory.stat("target").uid()).isZero();
    assertThat(directory.stat("target").permissions()).isEqualTo(0600);
    assertThat(Xattrs.list(target)).isEmpty();
    assertThat(Xattrs.find(temp.resolve("s"), "security.probe")).hasValue(new byte[] {0, 1});
    assertThatThrownBy(() -> directory.read("s")).hasMessageContaining("open /s: ");
    assertThatThrownBy(() -> directory.child("s")).hasMessageContaining("not a directory");
  }

  @Test
  void xattrs_areSetListedAndRemoved() throws IOException {
    Path file = Files.writeString(temp.resolve("f"), "x");

    directory.xattrs("f").set("user.a", "1".getBytes(StandardCharsets.UTF_8));
    directory.xattrs(Directory.SELF).set("trusted.b", new byte[0]);

    assertThat(Xattrs.list(file)).containsExactly("user.a");
    assertThat(Xattrs.find(temp, "trusted.b")).hasValue(new byte[0]);
    Xattrs.remove(file, "user.a");
    assertThat(directory.xattrs("f").find("user.a")).isEmpty();
  }

  @Test
  void names_ofAnyBytes_roundTrip() throws IOException {
    byte[] latin = {'n', (byte) 0xe9, '-', (byte) 0xff, (byte) 0xc3, (byte) 0xa9};
    String name = FileNames.decode(latin);

    directory.makeDirectory(name, 0700);
    directory.makeDirectory("日本", 0700);

    assertThat(FileNames.encode(name)).isEqualTo(latin);
    assertThat(directory.list()).containsExactly(name, "日本");
    assertThat(directory.stat(name).isDirectory()).isTrue();
  }

  @Test
  void list_ofManyNames_showsEachOnce() throws IOException {
    for (int i = 0; i < 5000; i++) {
      directory.create("file-with-a-rather-long-name-to-fill-the-buffer-" + i, 0600).close();
    }

    assertThat(directory.list()).hasSize(5000).doesNotHaveDuplicates();
  }

  @Test
  void failure_tellsOperationObjectAndReason() throws IOException {
    assertThatThrownBy(() -> directory.stat("gone"))
        .hasMessage("stat /gone: no such file or directory");
    assertThat(directory.find("gone")).isEmpty();
    directory.makeDirectory("d", 0755);
    assertThatThrownBy(() -> directory.makeDirectory("d", 0755))
        .hasMessage("make directory /d: file exists");
    assertThatThrownBy(() -> Syncs.fsync(temp.resolve("gone"))).hasMessageContaining("fsync");
    Syncs.fsync(temp);
    Syncs.syncfs(temp);
  }
}
