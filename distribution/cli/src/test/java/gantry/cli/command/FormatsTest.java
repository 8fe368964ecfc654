// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FormatsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void durations_areReadAsGoWritesThem() {
    assertThat(Durations.parse("x", "1h30m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.parse("x", "1.5s")).isEqualTo(Duration.ofMillis(1500));
    assertThat(Durations.parse("x", "300ms")).isEqualTo(Duration.ofMillis(300));
    assertThat(Durations.parse("x", "0")).isEqualTo(Duration.ZERO);
    for (String wrong : List.of("10", "s", "1h ", "-1s", "1d")) {
      assertThatThrownBy(() -> Durations.parse("--x", wrong))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("--x " + wrong);
    }
  }

  @Test
  void sizes_areAsCtrPrintsThem() {
    assertThat(Sizes.binary(0)).isEqualTo("0.0 B");
    assertThat(Sizes.binary(1536)).isEqualTo("1.5 KiB");
    assertThat(Sizes.binary(4L << 30)).isEqualTo("4.0 GiB");
    assertThat(Sizes.decimal(405)).isEqualTo("405B");
    assertThat(Sizes.decimal(1036179)).isEqualTo("1.036MB");
    assertThat(Sizes.decimal(2_000_000)).isEqualTo("2MB");
  }

  @Test
  void ages_areRough() {
    assertThat(Ages.of(NOW.minusMillis(3), NOW)).isEqualTo("Less than a second");
    assertThat(Ages.of(NOW.minusSeconds(7), NOW)).isEqualTo("7 seconds");
    assertThat(Ages.of(NOW.minusSeconds(65), NOW)).isEqualTo("About a minute");
    assertThat(Ages.of(NOW.minus(Duration.ofHours(5)), NOW)).isEqualTo("5 hours");
    assertThat(Ages.of(NOW.minus(Duration.ofDays(20)), NOW)).isEqualTo("2 weeks");
  }

  @Test
  void labels_areWordsAndACell() {
    assertThat(LabelWords.parse(List.of("a=b=c", "d"))).isEqualTo(Map.of("a", "b=c", "d", "true"));
    assertThat(LabelWords.bare(List.of("a=1", "d"))).isEqualTo(Map.of("a", "1", "d", ""));
    assertThatThrownBy(() -> LabelWords.parse(List.of("=x"))).isInstanceOf(UsageException.class);
    assertThat(LabelWords.cell(Labels.of(Map.of("b", "2", "a", "1")), "-")).isEqualTo("a=1,b=2");
    assertThat(LabelWords.cell(Labels.none(), "-")).isEqualTo("-");
  }

  @Test
  void table_isAsWideAsItsWidestCells() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Listing<String>()
        .column("A", word -> word)
        .column("LONG TITLE", word -> "")
        .column("C", String::toUpperCase)
        .printTable(List.of("x", "longer"), new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "A         LONG TITLE    C",
            "x                       X",
            "longer                  LONGER");
  }

  @Test
  void json_isPlain() {
    assertThat(Json.pretty(Json.tree(Map.of("a", List.of(1, true)))))
        .isEqualTo("{\n    \"a\": [\n        1,\n        true\n    ]\n}");
    assertThat(Json.line(Json.tree(List.of()))).isEqualTo("[]");
  }
}
