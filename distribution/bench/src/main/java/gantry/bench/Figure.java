// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

/**
 * One line of the result.
 *
 * @param row the row it belongs to
 * @param name what was measured, for people
 * @param unit of the values
 * @param better which way is good
 * @param statistic what of the samples is shown and compared
 * @param gantry what Gantry did; also what has no side, such as runc alone
 * @param peer what the containerd did; none if only one was measured
 * @param note what one must know to read it; may be empty
 */
record Figure(
    String row,
    String name,
    String unit,
    Better better,
    Statistic statistic,
    Samples gantry,
    Samples peer,
    String note) {

  /** Which way is good. */
  enum Better {
    LESS,
    MORE
  }

  /** What stands for all samples. */
  enum Statistic {
    MEDIAN,
    P99
  }

  double gantryValue() {
    return value(gantry);
  }

  double peerValue() {
    return value(peer);
  }

  /** Whether there are two to compare. */
  boolean isCompared() {
    return !peer.isEmpty();
  }

  /** Gantry's value by the peer's. */
  double ratio() {
    return gantryValue() / peerValue();
  }

  /** How many times better Gantry is; below 1 it loses. */
  double advantage() {
    return better == Better.LESS ? 1 / ratio() : ratio();
  }

  /** Whether all there should be is there. */
  boolean isWhole() {
    return !gantry.isEmpty()
        && gantry.values().stream().allMatch(Double::isFinite)
        && peer.values().stream().allMatch(Double::isFinite);
  }

  private double value(Samples samples) {
    return statistic == Statistic.MEDIAN ? samples.median() : samples.p99();
  }
}
