// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.bench.Figure.Better;
import gantry.bench.Figure.Statistic;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void median_ofAnEvenNumber_isBetweenTheMiddleTwo() {
    assertThat(samples(4, 1, 3, 2).median()).isEqualTo(2.5);
    assertThat(samples(9, 1, 3).median()).isEqualTo(3);
  }

  @Test
  void deviation_isNotMovedByOneThatIsFarOff() {
    assertThat(samples(10, 11, 9, 10, 1000).deviation()).isEqualTo(1);
  }

  @Test
  void p99_leavesOneOfAHundredOut_andIsTheWorstOfFewer() {
    List<Double> hundred = IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList();
    assertThat(new Samples(hundred).p99()).isEqualTo(99);
    assertThat(samples(5, 7, 6).p99()).isEqualTo(7);
  }

  @Test
  void advantage_isAbove1WhereGantryIsBetter() {
    assertThat(figure(Better.LESS, 50, 100).advantage()).isEqualTo(2);
    assertThat(figure(Better.MORE, 50, 100).advantage()).isEqualTo(0.5);
  }

  @Test
  void figure_withoutANumber_isNotWhole() {
    assertThat(figure(Better.LESS, Double.NaN, 1).isWhole()).isFalse();
    assertThat(figure(Better.LESS, 1, 1).isWhole()).isTrue();
  }

  private static Figure figure(Better better, double gantry, double peer) {
    return new Figure(
        "row", "name", "ms", better, Statistic.MEDIAN, samples(gantry), samples(peer), "");
  }

  private static Samples samples(double... values) {
    return new Samples(Arrays.stream(values).boxed().toList());
  }
}
