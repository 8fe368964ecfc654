// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Random access to one blob. Safe for concurrent use. */
public interface ContentReader extends AutoCloseable {
  /** Size of the blob in bytes. */
  long size();

  /**
   * Reads at most {@code target.remaining()} bytes from {@code offset}.
   *
   * @return the number of bytes read, or -1 at or past the end
   */
  int read(ByteBuffer target, long offset) throws IOException;

  @Override
  void close() throws IOException;
}
