// SPDX-License-Identifier: Apache-2.0
package gantry.store;

/** When a write returns. */
public enum Durability {
  /**
   * When others see it. It survives the death of this process, but not a loss of power before the
   * next {@link #DURABLE} write. For records of intent, whose loss only makes an orphan.
   */
  VISIBLE,

  /** When it is on the disk. */
  DURABLE
}
