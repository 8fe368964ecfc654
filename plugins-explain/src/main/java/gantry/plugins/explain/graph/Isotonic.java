// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

/** Isotonic regression by pooling adjacent violators. */
final class Isotonic {
  private Isotonic() {}

  /**
   * The values that never fall from one to the next and differ least, squared, from those given.
   */
  static double[] fit(double[] values) {
    double[] means = new double[values.length];
    int[] counts = new int[values.length];
    int pools = 0;
    for (double value : values) {
      means[pools] = value;
      counts[pools] = 1;
      pools++;
      while (pools > 1 && means[pools - 2] > means[pools - 1]) {
        int count = counts[pools - 2] + counts[pools - 1];
        means[pools - 2] =
            (means[pools - 2] * counts[pools - 2] + means[pools - 1] * counts[pools - 1]) / count;
        counts[pools - 2] = count;
        pools--;
      }
    }
    double[] fit = new double[values.length];
    int at = 0;
    for (int pool = 0; pool < pools; pool++) {
      for (int i = 0; i < counts[pool]; i++) {
        fit[at++] = means[pool];
      }
    }
    return fit;
  }
}
