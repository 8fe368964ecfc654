// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

/**
 * Both sides by turns, A B A B, so that what else the machine does meets both alike.
 *
 * @param warmUp turns of each side that do not count
 * @param rounds turns of each side that do
 */
record Turns(Pair pair, int warmUp, int rounds) {
  /** One turn. */
  interface Turn {
    /**
     * Does it and returns what was measured.
     *
     * @param number counts up from 0 over warming up and measuring, so that names can be new
     */
    double take(Side side, int number) throws Exception;
  }

  /** Something whose time matters. */
  interface Act {
    void run() throws Exception;
  }

  /** Takes all turns. */
  Series take(Turn turn) throws Exception {
    return take(turn, new Series.Builder());
  }

  /**
   * Takes all turns, and notes beside what each turn returns how much processor time the side took
   * from the end of its last turn to the end of this one, milliseconds: what it does after it has
   * answered is counted too.
   */
  Series take(Turn turn, Series.Builder processor) throws Exception {
    Series.Builder series = new Series.Builder();
    double[] before = {
      pair.gantry().daemon().processorMillis(), pair.peer().daemon().processorMillis()
    };
    for (int number = 0; number < warmUp + rounds; number++) {
      for (Side side : pair.sides()) {
        double value = turn.take(side, number);
        double now = side.daemon().processorMillis();
        int index = side.isPeer() ? 1 : 0;
        if (number >= warmUp) {
          series.add(side, value);
          processor.add(side, now - before[index]);
        }
        before[index] = now;
      }
    }
    return series.build();
  }

  /** Adds processor times to a report, unless this host does not count them. */
  static void processor(
      Report report, String row, String name, Series.Builder values, String note) {
    Series series = values.build();
    if (series.gantry().values().stream().allMatch(Double::isFinite)) {
      report.less(row, name, "ms", series, note);
    }
  }

  /** How long something takes, milliseconds. */
  static double millis(Act act) throws Exception {
    long begin = System.nanoTime();
    act.run();
    return (System.nanoTime() - begin) / 1e6;
  }
}
