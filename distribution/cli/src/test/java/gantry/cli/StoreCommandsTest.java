// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.cli.command.Console;
import gantry.cli.command.Program;
import gantry.oci.Digest;
import gantry.testkit.Containerd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands about images, blobs, snapshots, leases and namespaces against the containerd of the
 * distribution, beside its {@code ctr}: the same words, the same answers.
 */
@Timeout(120)
final class StoreCommandsTest {
  private static final String IMAGE = "docker.io/library/busybox:latest";
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir static Path dir;

  private static Containerd daemon;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private record Answer(int code, String output) {
    /** Gaps between columns are a matter of taste. */
    Answer squeezed() {
      return new Answer(code, output.replaceAll("[ \t]+", " ").replaceAll("(?m) $", ""));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isExecutable(BUSYBOX), "SKIPPED: needs busybox-static (apt install busybox-static)");
    daemon = Containerd.start(dir);
    Path archive = dir.resolve("busybox.tar");
    BusyboxImage.main(new String[] {archive.toString(), BUSYBOX.toString()});
    assertThat(ctr("images", "import", archive.toString()).code()).isZero();
    ctr("-n", "other", "images", "import", "--no-unpack", archive.toString());
    ctr("-n", "other", "leases", "create", "--id", "kept", "--expires", "0", "a=b");
  }

  @AfterAll
  @SuppressWarnings("NullAway") // not started where containerd is missing
  static void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "images ls",
        "images ls -q",
        "images ls name==" + IMAGE,
        "images ls name==none",
        "images ls name~=(",
        "images check",
        "images check -q",
        "images rm nosuch",
        "images label nosuch a=b",
        "-n other images ls",
        "-n nosuch images ls",
        "content ls -q",
        "content active",
        "content rm sha256:00",
        "content get sha256:00",
        "snapshots ls",
        "snapshots --snapshotter native ls",
        "snapshots usage -b",
        "snapshots usage nosuch",
        "snapshots info nosuch",
        "snapshots rm nosuch",
        "snapshots commit nosuch nosuch2",
        "snapshots mounts /x nosuch",
        "snapshots tree",
        "-n other leases ls",
        "-n other leases ls -q id==kept",
        "leases rm nosuch",
        "namespaces ls",
        "ns ls -q",
        "namespaces create default",
        "namespaces rm nosuch",
        "namespaces rm other",
        "plugins ls type==io.containerd.content.v1",
        "plugins ls -q",
        "images nonsense",
        "images ls --nonsense",
      })
  void line_isAnsweredAsCtrAnswersIt(String line) throws Exception {
    String[] words = line.split(" ", -1);
    Answer theirs = ctr(words).squeezed();
    Answer ours = gantry(words).squeezed();
    if (theirs.code() == 1 && line.endsWith("--nonsense")) {
      assertThat(ours.code()).isEqualTo(1);
      return;
    }
    assertThat(ours).as(err::toString).isEqualTo(theirs);
  }

  @Test
  void list_coversAllNamespacesInEveryForm() {
    assertThat(output("images", "ls", "-A", "-q"))
        .isEqualTo("default " + IMAGE + "\nother " + IMAGE + "\n");
    assertThat(output("leases", "ls", "-A", "-o", "json"))
        .contains("\"namespace\": \"other\"")
        .contains("\"id\": \"kept\"");
    assertThat(output("content", "ls", "--all-namespaces"))
        .startsWith("NAMESPACE    DIGEST")
        .contains("\nother        sha256:");
  }

  @Test
  void tree_showsPlatformsAndWhatUsesThem() {
    assertThat(output("images", "ls", "--tree").lines().toList())
        .hasSize(3)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("IMAGE").endsWith("USED BY"))
        .satisfies(lines -> assertThat(lines.get(1)).startsWith(IMAGE))
        .satisfies(
            lines ->
                assertThat(lines.get(2))
                    .startsWith("└── linux/")
                    .containsPattern("complete +yes +-$"));
    assertThat(output("-n", "other", "images", "ls", "--tree", "-o", "json"))
        .contains("\"unpacked\": false")
        .contains("\"content\": \"complete\"");
  }

  @Test
  void inspect_drawsTheImageAndItsDocuments() {
    assertThat(output("images", "inspect", IMAGE))
        .startsWith(IMAGE + "\n│    Created: ")
        .contains("└── application/vnd.oci.image.manifest.v1+json @sha256:")
        .contains("    ├── application/vnd.oci.image.config.v1+json @sha256:")
        .doesNotContain("┌");
    assertThat(output("images", "inspect", "--content", IMAGE))
        .contains("    │   ┌────────Content────────")
        .contains("    │   │   \"schemaVersion\": 2,");
    assertThat(output("images", "inspect", "-o", "json", IMAGE)).contains("\"present\": true");
  }

  @Test
  void usage_followsTheLayersDown() throws Exception {
    String chain = ctr("snapshots", "ls").output().lines().toList().get(1).split(" ", 2)[0];
    assertThat(output("images", "usage", IMAGE).lines().toList().get(1)).startsWith(chain + " ");
  }

  @Test
  void labels_areSetShownAndCleared() {
    assertThat(output("images", "label", IMAGE, "a=b", "c")).isEqualTo("a=b,c=true\n");
    assertThat(output("images", "label", IMAGE)).isEqualTo("a=b,c=true\n");
    assertThat(output("images", "label", "--replace-all", IMAGE, "d=e")).isEqualTo("d=e\n");
    assertThat(output("images", "label", IMAGE, "d=")).isEqualTo("\n");
  }

  @Test
  void rehearsal_changesNothing() throws Exception {
    String before = ctr("images", "ls", "-q").output() + ctr("content", "ls", "-q").output();
    assertThat(output("images", "rm", "--dry-run", IMAGE))
        .isEqualTo("would remove image " + IMAGE + "\n");
    assertThat(output("images", "prune", "--all", "--dry-run")).contains(IMAGE);
    assertThat(output("content", "prune", "references", "--dry"))
        .contains("would clear containerd.io/gc.ref.content.l.0 of sha256:")
        .doesNotContain("config");
    assertThat(output("-n", "other", "leases", "rm", "--dry-run", "kept"))
        .isEqualTo("would end lease kept\n");
    assertThat(ctr("images", "ls", "-q").output() + ctr("content", "ls", "-q").output())
        .isEqualTo(before);
    assertThat(ctr("-n", "other", "leases", "ls", "-q").output()).isEqualTo("kept\n");
  }

  @Test
  void edit_storesWhatTheEditorMade() throws Exception {
    String digest = output("content", "ls", "-q").lines().findFirst().orElseThrow();
    // a blob nothing refers to may be collected at any moment
    String held = "containerd.io/gc.ref.content.edited=";
    ctr("content", "label", digest, held + Digest.sha256("{}".getBytes(StandardCharsets.UTF_8)));
    String edited = output("content", "edit", "--editor", "printf '{}' >", digest).strip();
    assertThat(ctr("content", "get", edited).output()).isEqualTo("{}");
    ctr("content", "label", digest, held);
    assertThat(gantry("content", "edit", "--editor", "false", digest).code()).isEqualTo(1);
    assertThat(
            gantry("content", "edit", "--validate", "json", "--editor", "printf x >", digest)
                .code())
        .isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("not json");
  }

  @Test
  void snapshot_isComparedWithItsParent() throws Exception {
    String chain = output("snapshots", "ls", "-q").strip();
    output("snapshots", "prepare", "work", chain);
    try {
      String layer = output("snapshots", "diff", "--media-type", TAR, "work");
      assertThat(layer.length()).isEqualTo(1024);
      assertThat(output("snapshots", "ls", "-q").lines()).containsExactlyInAnyOrder(chain, "work");
      assertThat(output("snapshots", "tree")).isEqualTo(" " + chain + "\n  \\_ work\n");
    } finally {
      output("snapshots", "rm", "work");
    }
  }

  private static final String TAR = "application/vnd.oci.image.layer.v1.tar";

  @Test
  void namespace_isMadeLabelledAndRemoved() throws Exception {
    output("namespaces", "create", "made", "k=v", "w");
    assertThat(ctr("namespaces", "ls").squeezed().output()).contains("made k=v,w=true");
    output("namespaces", "label", "made", "k=");
    assertThat(ctr("namespaces", "ls").squeezed().output()).contains("made w=true");
    assertThat(output("namespaces", "rm", "--dry-run", "made"))
        .isEqualTo("would remove namespace made\n");
    assertThat(output("namespaces", "rm", "--cgroup", "made")).isEqualTo("made\n");
  }

  private String output(String... line) {
    Answer answer = gantry(line);
    assertThat(answer.code()).as(err.toString(StandardCharsets.UTF_8)).isZero();
    return answer.output();
  }

  private Answer gantry(String... line) {
    out.reset();
    err.reset();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    int code =
        new Program(Words.all(), console, Map.of("GANTRY_ADDRESS", daemon.socket().toString()))
            .run(List.of(line));
    return new Answer(code, out.toString(StandardCharsets.UTF_8));
  }

  private static Answer ctr(String... line) throws Exception {
    List<String> command = new ArrayList<>(List.of("ctr", "-a", daemon.socket().toString()));
    command.addAll(List.of(line));
    Path printed = Files.createTempFile(dir, "ctr", ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(printed.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = process.waitFor();
    return new Answer(code, Files.readString(printed));
  }
}
