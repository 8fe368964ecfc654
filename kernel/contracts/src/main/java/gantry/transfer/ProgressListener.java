// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

/** Told of the steps of a transfer, one call at a time. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE = progress -> {};

  /** Hears of a step; must not block for long. */
  void progressed(Progress progress);
}
