// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.layers;

/** A layer made to do harm. */
public final class HostileLayer {
  private final String name;
  private final byte[] tar;
  private final String refusal;

  HostileLayer(String name, byte[] tar, String refusal) {
    this.name = name;
    this.tar = tar;
    this.refusal = refusal;
  }

  /** Uncompressed. */
  public byte[] tar() {
    return tar.clone();
  }

  /** Part of the message it is to be refused with; empty if it is to be unpacked inside. */
  public String refusal() {
    return refusal;
  }

  /** Whether it is to be refused; otherwise what it asks can be done inside the root. */
  public boolean isRefused() {
    return !refusal.isEmpty();
  }

  /** What it tries. */
  @Override
  public String toString() {
    return name;
  }
}
