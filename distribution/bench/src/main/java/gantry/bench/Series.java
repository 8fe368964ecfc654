// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.util.ArrayList;
import java.util.List;

/** The same thing measured on both sides; one side may be without. */
record Series(Samples gantry, Samples peer) {
  /** Of a thing that only one can do, or that needs neither. */
  static Series alone(List<Double> values) {
    return new Series(new Samples(values), Samples.none());
  }

  /** Values as they come. For one thread. */
  static final class Builder {
    private final List<Double> gantry = new ArrayList<>();
    private final List<Double> peer = new ArrayList<>();

    /** Adds a value of one side. */
    void add(Side side, double value) {
      add(side.isPeer(), value);
    }

    /** Adds a value of one side. */
    void add(boolean isPeer, double value) {
      (isPeer ? peer : gantry).add(value);
    }

    /** Adds a value of a thing that has no sides. */
    void addAlone(double value) {
      gantry.add(value);
    }

    /** What was added. */
    Series build() {
      return new Series(new Samples(gantry), new Samples(peer));
    }
  }
}
