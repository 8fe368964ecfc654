// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;

/** A layer that is to be unpacked, from wherever it comes. Safe for concurrent use. */
public interface LayerFeed {
  /** The layer. */
  Descriptor descriptor();

  /** Begins to bring it, if it has to be brought; returns at once. Idempotent. */
  void start();

  /** Waits until the first bytes are there, or it is known why they never come. */
  void awaitBegun() throws IOException;

  /**
   * Its bytes from the beginning. A read waits for bytes that have yet to come; they need not be
   * what the digest says until {@link #awaitStored} has returned.
   */
  InputStream open() throws IOException;

  /**
   * How often what had come turned out to be wrong and was brought anew: a stream that was opened
   * before fails then, and what was read of it is void.
   */
  int restarts();

  /** Waits until it is in the store, its digest checked. */
  void awaitStored() throws IOException;
}
