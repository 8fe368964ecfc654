// SPDX-License-Identifier: Apache-2.0
package gantry.snapshots;

/** What can be done with a snapshot. */
public enum SnapshotKind {
  /** Mounted read-only; cannot be committed. */
  VIEW("view"),
  /** Mounted writable; will be committed or removed. */
  ACTIVE("active"),
  /** Immutable; may be a parent. */
  COMMITTED("committed");

  private final String word;

  SnapshotKind(String word) {
    this.word = word;
  }

  /** The word filters know. */
  public String word() {
    return word;
  }
}
