// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.metrics.Histogram;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private static MetricFamily gauge(String name, MetricSample... samples) {
    return new MetricFamily(name, MetricFamily.Type.GAUGE, "a\\b\nc", List.of(samples));
  }

  @Test
  void families_comeByNameAndOnce_withEverythingEscaped() {
    String text =
        Exposition.of(
            List.of(
                gauge("b", MetricSample.of(Map.of("x", "1"), 1)),
                gauge("a", MetricSample.of(Map.of("z", "q\"\\\n", "y", ""), 1.5)),
                gauge(
                    "b",
                    MetricSample.of(Map.of("x", "1"), 7),
                    MetricSample.of(Map.of("x", "2"), Double.POSITIVE_INFINITY),
                    MetricSample.of(Map.of(), 1e300))));
    assertThat(text)
        .isEqualTo(
            """
            # HELP a a\\\\b\\nc
            # TYPE a gauge
            a{y="",z="q\\"\\\\\\n"} 1.5
            # HELP b a\\\\b\\nc
            # TYPE b gauge
            b{x="1"} 1
            b{x="2"} +Inf
            b 1.0E300
            """);
    assertThat(StrictText.read(text).series()).hasSize(4);
  }

  @Test
  void histogram_addsUp() {
    Histogram histogram = new Histogram();
    histogram.add(Duration.ofMillis(5));
    histogram.add(Duration.ofMillis(6));
    histogram.add(Duration.ofHours(1));
    String text =
        Exposition.of(
            List.of(
                new MetricFamily(
                    "took_seconds",
                    MetricFamily.Type.HISTOGRAM,
                    "",
                    histogram.samples(Map.of("of", "it")))));
    assertThat(StrictText.read(text).series())
        .containsEntry("took_seconds_bucket{le=\"0.005\",of=\"it\"}", 1.0)
        .containsEntry("took_seconds_bucket{le=\"0.01\",of=\"it\"}", 2.0)
        .containsEntry("took_seconds_bucket{le=\"10\",of=\"it\"}", 2.0)
        .containsEntry("took_seconds_bucket{le=\"+Inf\",of=\"it\"}", 3.0)
        .containsEntry("took_seconds_sum{of=\"it\"}", 3600.011)
        .containsEntry("took_seconds_count{of=\"it\"}", 3.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a 1\n",
        "# HELP a b\n# TYPE a gauge\na 1",
        "# HELP a b\n# TYPE a gauge\na 1\na 1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"1} 1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"\\t\"} 1\n",
        "# HELP a b\n# TYPE a counter\n",
        "# HELP a b\n# TYPE a gauge\na one\n",
        "# HELP a b\n# TYPE a gauge\nb 1\n"
      })
  void reader_isStrict(String text) {
    assertThatThrownBy(() -> StrictText.read(text)).isInstanceOf(AssertionError.class);
  }
}
