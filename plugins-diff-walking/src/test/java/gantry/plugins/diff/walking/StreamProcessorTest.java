// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.UnimplementedException;
import gantry.oci.MediaTypes;
import gantry.oci.compression.UncompressedStream;
import gantry.typed.TypedValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shell commands as stream processors. */
@Timeout(60)
class StreamProcessorTest {
  private static final String SECRET = "application/vnd.test.layer+secret";

  @TempDir Path temp;

  @Test
  void processor_turnsTheStreamAround() throws IOException {
    assertThat(run(shell("p", SECRET, MediaTypes.OCI_LAYER, "tr a-z A-Z"), "abc")).isEqualTo("ABC");
  }

  @Test
  void chain_endsAtWhatIsBuiltIn() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write("layer".getBytes(StandardCharsets.UTF_8));
    }
    StreamProcessors processors =
        new StreamProcessors(
            List.of(
                shell("b", "application/vnd.test.middle", MediaTypes.OCI_LAYER_GZIP, "tail -c +4"),
                shell("a", SECRET, "application/vnd.test.middle", "tail -c +3")));
    ByteArrayOutputStream wrapped = new ByteArrayOutputStream();
    wrapped.writeBytes("12345".getBytes(StandardCharsets.UTF_8));
    wrapped.writeBytes(packed.toByteArray());

    try (UncompressedStream stream =
        processors.open(new ByteArrayInputStream(wrapped.toByteArray()), SECRET, Map.of())) {
      assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("layer");
    }
  }

  @Test
  void builtInType_canBeTakenOver() throws IOException {
    assertThat(
            text(
                new StreamProcessors(
                    List.of(shell("p", MediaTypes.OCI_LAYER_GZIP, MediaTypes.OCI_LAYER, "cat"))),
                MediaTypes.OCI_LAYER_GZIP,
                new ByteArrayInputStream("not gzip".getBytes(StandardCharsets.UTF_8)),
                Map.of()))
        .isEqualTo("not gzip");
  }

  @Test
  void payloadAndMediaType_areGiven() throws IOException {
    StreamProcessor processor =
        new StreamProcessor(
            "p",
            Set.of(SECRET),
            MediaTypes.OCI_LAYER,
            "sh",
            List.of("-c", "cat; echo \" $STREAM_PROCESSOR_MEDIATYPE $KEY\"; od -An -tx1 <&3"),
            List.of("KEY=value"));

    String said =
        text(
            new StreamProcessors(List.of(processor)),
            SECRET,
            new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8)),
            Map.of(
                "p", new TypedValue("ab", new byte[] {7}), "q", new TypedValue("no", new byte[0])));

    assertThat(said).isEqualTo("x " + SECRET + " value\n 0a 02 61 62 12 01 07\n");
  }

  @Test
  void withoutPayload_descriptor3IsNotThere() throws IOException {
    assertThat(
            run(
                shell("p", SECRET, MediaTypes.OCI_LAYER, "cat; (: <&3) 2>/dev/null || echo none"),
                ""))
        .isEqualTo("none\n");
  }

  @Test
  void failure_isToldInItsOwnWords() {
    StreamProcessor processor =
        shell(
            "dec", SECRET, MediaTypes.OCI_LAYER, "cat >/dev/null; echo no key for it >&2; exit 3");

    assertThatThrownBy(() -> run(processor, "abc"))
        .isInstanceOf(ProcessorException.class)
        .hasMessage("stream processor dec failed with exit status 3: no key for it");
  }

  @Test
  void endlessComplaint_isBounded() {
    StreamProcessor processor =
        shell(
            "p",
            SECRET,
            MediaTypes.OCI_LAYER,
            "cat >/dev/null; head -c 5000000 /dev/zero | tr '\\0' e >&2; exit 1");

    assertThatThrownBy(() -> run(processor, "abc"))
        .isInstanceOf(ProcessorException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(5000));
  }

  @Test
  void programThatIsMissing_isNamed() {
    StreamProcessor nowhere =
        new StreamProcessor(
            "p", Set.of(SECRET), MediaTypes.OCI_LAYER, "no-such-program", List.of(), List.of());
    StreamProcessor notThere =
        new StreamProcessor(
            "p", Set.of(SECRET), MediaTypes.OCI_LAYER, temp + "/gone", List.of(), List.of());

    assertThatThrownBy(() -> run(nowhere, ""))
        .hasMessageContaining("no-such-program is not in PATH");
    assertThatThrownBy(() -> run(notThere, "")).hasMessageContaining("/gone");
  }

  @Test
  void processorThatReadsNothing_isNoTrouble() throws IOException {
    byte[] much = new byte[1_000_000];
    assertThat(
            text(
                new StreamProcessors(
                    List.of(shell("p", SECRET, MediaTypes.OCI_LAYER, "echo enough"))),
                SECRET,
                new ByteArrayInputStream(much),
                Map.of()))
        .isEqualTo("enough\n");
  }

  @Test
  void troubleOfTheStreamBelow_isPassedOn() {
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(new byte[0])) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("disk is on fire");
          }
        };
    StreamProcessors processors =
        new StreamProcessors(List.of(shell("p", SECRET, MediaTypes.OCI_LAYER, "cat")));

    assertThatThrownBy(() -> text(processors, SECRET, broken, Map.of()))
        .hasMessage("disk is on fire");
  }

  @Test
  void circle_andUnknownType_areRefused() {
    StreamProcessors circle =
        new StreamProcessors(
            List.of(shell("a", SECRET, "x/y", "cat"), shell("b", "x/y", SECRET, "cat")));
    InputStream empty = InputStream.nullInputStream();

    assertThatThrownBy(() -> text(circle, SECRET, empty, Map.of()))
        .hasMessageContaining("again and again");
    assertThatThrownBy(() -> text(circle, "other/type", empty, Map.of()))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("no processor for media-type");
  }

  @Test
  void close_killsWhatRuns() throws Exception {
    Path pidFile = temp.resolve("pid");
    AtomicBoolean wasClosed = new AtomicBoolean();
    InputStream source =
        new FilterInputStream(new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8))) {
          @Override
          public void close() {
            wasClosed.set(true);
          }
        };
    StreamProcessors processors =
        new StreamProcessors(
            List.of(
                shell(
                    "p",
                    SECRET,
                    MediaTypes.OCI_LAYER,
                    "echo $$ > " + pidFile + "; echo x; exec sleep 1000")));
    long pid;
    try (ProcessorStream stream =
        ProcessorStream.start(
            shell("p", SECRET, MediaTypes.OCI_LAYER, "echo $$; sleep 1000; echo $$"),
            SECRET,
            source,
            null)) {
      byte[] line = new byte[20];
      int n = stream.read(line, 0, line.length);
      pid = Long.parseLong(new String(line, 0, n, StandardCharsets.UTF_8).strip());
      assertThat(ProcessHandle.of(pid)).isPresent();
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(wasClosed).isTrue();
    try (UncompressedStream stream =
        processors.open(InputStream.nullInputStream(), SECRET, Map.of())) {
      assertThat(stream).isNotNull();
    }
    if (Files.exists(pidFile)) {
      String text = Files.readString(pidFile).strip();
      assertThat(text.isEmpty() || ProcessHandle.of(Long.parseLong(text)).isEmpty()).isTrue();
    }
  }

  @Test
  void configuration_isRead() throws IOException {
    StreamProcessors processors =
        StreamProcessors.of(
            Map.of(
                "io.x.v1/accepts",
                new String[] {SECRET},
                "io.x.v1/returns",
                MediaTypes.OCI_LAYER,
                "io.x.v1/path",
                "sh",
                "io.x.v1/args",
                new String[] {"-c", "echo $A; cat"},
                "io.x.v1/env",
                new String[] {"A=b"},
                "service.pid",
                "whatever"));

    assertThat(
            text(
                processors,
                SECRET,
                new ByteArrayInputStream("c".getBytes(StandardCharsets.UTF_8)),
                Map.of()))
        .isEqualTo("b\nc");
  }

  private static StreamProcessor shell(String id, String accepts, String returns, String command) {
    return new StreamProcessor(
        id, Set.of(accepts), returns, "sh", List.of("-c", command), List.of());
  }

  private static String run(StreamProcessor processor, String input) throws IOException {
    return text(
        new StreamProcessors(List.of(processor)),
        SECRET,
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        Map.of());
  }

  private static String text(
      StreamProcessors processors,
      String type,
      InputStream source,
      Map<String, TypedValue> payloads)
      throws IOException {
    try (UncompressedStream stream = processors.open(source, type, payloads)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
