// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.ContentReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;

/**
 * The bytes of an ingest as far as they have been written. It has the file open itself, so it stays
 * readable when the writer has renamed it to a blob, or closed.
 */
final class GrowingReader implements ContentReader {
  private final FileChannel channel;
  private final LongSupplier visible;

  /**
   * Opens the file.
   *
   * @param visible how many bytes of it are there, at any time
   */
  GrowingReader(Path file, LongSupplier visible) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.visible = visible;
  }

  @Override
  public long size() {
    return visible.getAsLong();
  }

  @Override
  public int read(ByteBuffer target, long offset) throws IOException {
    long left = size() - offset;
    if (left <= 0) {
      return -1;
    }
    if (left >= target.remaining()) {
      return channel.read(target, offset);
    }
    int limit = target.limit();
    try {
      return channel.read(target.limit(target.position() + (int) left), offset);
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
