// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.FailedPreconditionException;
import gantry.errors.UnavailableException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.testkit.Blobs;
import gantry.testkit.ContentStoreContract;
import gantry.testkit.ContentSuccessionContract;
import gantry.testkit.IngestContract;
import gantry.testkit.ResumeContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentStoreTest
    implements ContentStoreContract, IngestContract, ResumeContract, ContentSuccessionContract {
  @Override
  public ContentStore open(Path root) throws IOException {
    return new FileContentStore(root);
  }

  @Test
  void problem_isToldWhereNothingCanBeWritten(@TempDir Path root) throws IOException {
    FileContentStore store = new FileContentStore(root);
    assertThat(store.problem()).isEmpty();
    Files.delete(root.resolve("ingest"));

    assertThat(store.problem()).contains(root + "/ingest cannot be written to");
  }

  @Test
  void commit_putsAReadOnlyFileWhereContainerdLooksForIt(@TempDir Path root) throws IOException {
    Digest digest = Blobs.put(open(root), "a", Blobs.random(1, 10));

    Path file = root.resolve("blobs/sha256").resolve(digest.hex());
    assertThat(file).hasBinaryContent(Blobs.random(1, 10));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r--r--r--");
    assertThat(root.resolve("ingest")).isEmptyDirectory();
  }

  @Test
  void begin_writesTheFilesContainerdReads(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    store.writer(new IngestRequest("layer-1", 42, null)).close();

    Path ingest = root.resolve("ingest").resolve(Digest.sha256("layer-1".getBytes(UTF_8)).hex());
    assertThat(ingest.resolve("ref")).hasContent("layer-1");
    assertThat(ingest.resolve("total")).hasContent("42");
    assertThat(Instant.parse(Files.readString(ingest.resolve("startedat"))))
        .isEqualTo(store.status("layer-1").startedAt());
    assertThat(ingest.resolve("updatedat")).isNotEmptyFile();
    assertThat(ingest.resolve("data")).isEmptyFile();
  }

  @Test
  void status_readsTimesOfOtherZones(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    store.writer(new IngestRequest("a", 0, null)).close();
    Path ingest = new ContentLayout(root).ingest("a");

    Files.writeString(ingest.resolve("startedat"), "2026-01-02T03:04:05.123456789+02:00");

    assertThat(store.status("a").startedAt())
        .isEqualTo(Instant.parse("2026-01-02T01:04:05.123456789Z"));
  }

  @Test
  void writer_ofDamagedIngest_beginsAnew(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Blobs.begin(store, "a", Blobs.random(1, 100));
    Path ingest = new ContentLayout(root).ingest("a");
    Files.delete(ingest.resolve("ref"));

    assertThat(store.statuses(Filter.ALL)).isEmpty();
    Digest digest = Blobs.put(store, "a", Blobs.random(2, 50));

    assertThat(Blobs.get(store, digest)).isEqualTo(Blobs.random(2, 50));
  }

  @Test
  void writer_ofAnotherTotal_beginsAnew(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    try (ContentWriter writer = store.writer(new IngestRequest("a", 100, null))) {
      writer.write(ByteBuffer.wrap(new byte[10]));
    }

    try (ContentWriter writer = store.writer(new IngestRequest("a", 200, null))) {
      assertThat(writer.status().offset()).isZero();
      assertThat(writer.status().total()).isEqualTo(200);
    }
  }

  @Test
  void open_afterKillDuringAbort_deletesWhatIsLeft(@TempDir Path root) throws IOException {
    open(root);
    Path leftover = Files.createDirectory(root.resolve("ingest/00ff.aborted-1"));
    Files.writeString(leftover.resolve("data"), "x");

    open(root);

    assertThat(leftover).doesNotExist();
  }

  @Test
  void walk_ignoresFilesThatAreNoBlobs(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Files.writeString(root.resolve("blobs/sha256/stray"), "x");
    Files.createDirectories(root.resolve("blobs/md5/abc"));
    Files.writeString(root.resolve("blobs/README"), "x");

    store.walk(Filter.ALL, info -> assertThat(info).isNull());
  }

  @Test
  void update_isRefused(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Digest digest = Blobs.put(store, "a", new byte[1], Labels.none().with("k", "v"));

    assertThat(store.info(digest).labels()).isEqualTo(Labels.none());
    assertThatExceptionOfType(FailedPreconditionException.class)
        .isThrownBy(() -> store.update(store.info(digest), FieldPaths.none()));
  }

  @Test
  void exports_tellTheRoot(@TempDir Path root) throws IOException {
    assertThat(new FileContentStore(root).exports()).containsEntry("root", root.toString());
  }

  @Test
  void lock_ofAnotherProcess_holdsUntilItIsKilled(@TempDir Path root) throws Exception {
    ContentStore store = open(root);
    Process process = start(root);
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("open");
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> store.writer(new IngestRequest("a", 0, null)));
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().offset()).isEqualTo(Holder.WRITTEN.length);
      assertThat(writer.digest()).isEqualTo(Digest.sha256(Holder.WRITTEN));
      assertThat(writer.commit(0, null, Labels.none())).isEqualTo(Digest.sha256(Holder.WRITTEN));
    }
  }

  private static Process start(Path root) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            root.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** A process that opens a writer, and waits to be killed. */
  static final class Holder {
    static final byte[] WRITTEN = Blobs.random(5, 123_456);

    private Holder() {}

    public static void main(String[] args) throws IOException {
      ContentWriter writer =
          new FileContentStore(Path.of(args[0])).writer(new IngestRequest("a", 0, null));
      writer.write(ByteBuffer.wrap(WRITTEN));
      System.out.println("open");
      int end = System.in.read();
      System.exit(end);
    }
  }
}
