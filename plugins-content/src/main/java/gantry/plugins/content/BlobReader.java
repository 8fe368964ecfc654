// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.ContentReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An open blob. It stays readable when the blob is deleted. */
final class BlobReader implements ContentReader {
  private final FileChannel channel;
  private final long size;

  private BlobReader(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  static BlobReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new BlobReader(channel, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(ByteBuffer target, long offset) throws IOException {
    return channel.read(target, offset);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
