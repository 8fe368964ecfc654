// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.linux.Winsize;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.transfer.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private static final String LAYER = "layer-sha256:0123456789abcdef" + "0".repeat(48);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong();

  private static Progress step(String event, long progress, long total) {
    return new Progress(event, LAYER, List.of(), progress, total, null);
  }

  private String shown() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void lines_tellWhatBeginsAndEndsOnce() {
    try (ProgressDisplay lines = new ProgressLines(out)) {
      lines.progressed(Progress.of("Resolving"));
      lines.progressed(step("downloading", 0, 4096));
      lines.progressed(step("downloading", 2048, 4096));
      lines.progressed(step("complete", 4096, 4096));
    }
    assertThat(shown())
        .isEqualTo(
            """
            Resolving
            %1$s: downloading 4.0 KiB
            %1$s: complete 4.0 KiB
            """
                .formatted(LAYER));
  }

  @Test
  void json_isOneObjectALine() {
    try (ProgressDisplay json = new ProgressJson(out)) {
      json.progressed(Progress.of("Resolving"));
      json.progressed(
          new Progress(
              "complete",
              "config",
              List.of("manifest"),
              2,
              2,
              Descriptor.of("type", Digest.parse("sha256:" + "a".repeat(64)), 2)));
    }
    assertThat(shown())
        .isEqualTo(
            """
            {"event":"Resolving"}
            {"event":"complete","name":"config","parents":["manifest"],"progress":2,"total":2,\
            "digest":"sha256:%s","media_type":"type"}
            """
                .formatted("a".repeat(64)));
  }

  @Test
  void bars_showShareRateAndTimeLeft() {
    ProgressBars bars = new ProgressBars(out, () -> new Winsize(120, 24), clock::get);
    bars.progressed(step("downloading", 0, 20 << 20));
    assertThat(shown()).contains("layer-0123456789ab").contains("[" + " ".repeat(40) + "]");
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    bars.progressed(step("downloading", 10 << 20, 20 << 20));

    assertThat(shown())
        .contains("[" + "=".repeat(20) + " ".repeat(20) + "] 10.0 MiB/20.0 MiB")
        .contains("2.0s  10.0 MiB  5.0 MiB/s  0:02 left")
        .startsWith("\u001b[2A\r");
  }

  @Test
  void bars_areNotDrawnForEveryStepButAtTheEnd() {
    ProgressBars bars = new ProgressBars(out, () -> new Winsize(80, 24), clock::get);
    bars.progressed(step("downloading", 0, 100));
    assertThat(shown()).isNotEmpty();
    bars.progressed(step("complete", 100, 100));
    assertThat(shown()).isEmpty();
    bars.close();

    assertThat(shown()).contains("complete").contains("[==========");
  }

  @Test
  void bars_fitTheTerminal() {
    ProgressBars bars = new ProgressBars(out, () -> new Winsize(40, 6), clock::get);
    for (int i = 0; i < 20; i++) {
      clock.addAndGet(Duration.ofSeconds(1).toNanos());
      bars.progressed(
          new Progress(i < 18 ? "complete" : "downloading", "l" + i, List.of(), 1, 2, null));
    }
    String last = shown();
    last = last.substring(last.lastIndexOf("\u001b[5A"));

    assertThat(last).contains("l18").contains("l19");
    assertThat(List.of(last.replaceAll("\u001b\\[[0-9]*[A-Z]|\r", "").split("\n")))
        .hasSizeLessThanOrEqualTo(6)
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(40));
  }
}
