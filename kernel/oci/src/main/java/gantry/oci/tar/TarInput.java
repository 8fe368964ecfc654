// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.oci.compression.MalformedStreamException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The blocks of an archive: headers, content and the padding behind it. */
final class TarInput {
  private static final int BUFFER = 256 * 1024;
  private static final int LINE_MAX = 20;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private long offset;
  private long left;
  private long padding;
  private long lineBytes;

  TarInput(InputStream in) {
    this.in = in;
  }

  /** The next header, or null at the mark of two empty blocks or where the stream ends. */
  @Nullable Header header() throws IOException {
    byte[] block = new byte[Header.SIZE];
    if (!fill(block)) {
      return null;
    }
    if (!isEmpty(block)) {
      return Header.of(block, offset - Header.SIZE);
    }
    if (!fill(block) || isEmpty(block)) {
      return null;
    }
    throw new MalformedStreamException(
        "read tar: invalid header at byte %d: empty block inside the archive"
            .formatted(offset - 2L * Header.SIZE));
  }

  /** The content of an entry that is itself a header. */
  byte[] special(Header header, int limit) throws IOException {
    long size = header.size();
    if (size < 0 || size > limit) {
      throw header.malformed(
          "extended header of %d bytes, at most %d are taken".formatted(size, limit));
    }
    beginContent(size);
    byte[] data = new byte[(int) size];
    require(in.readNBytes(data, 0, data.length), data.length);
    left = 0;
    skipPadding();
    return data;
  }

  void beginContent(long size) {
    left = size;
    padding = -size & (Header.SIZE - 1);
  }

  /** A block that continues the header; it is no content. */
  Header extension() throws IOException {
    byte[] block = new byte[Header.SIZE];
    require(in.readNBytes(block, 0, block.length), block.length);
    return Header.unchecked(block, offset - Header.SIZE);
  }

  void copy(long length, TarReader.ContentSink sink) throws IOException {
    long todo = length;
    while (todo > 0) {
      int n = in.read(buffer, 0, (int) Math.min(todo, buffer.length));
      if (n < 0) {
        throw unexpectedEnd();
      }
      offset += n;
      todo -= n;
      left -= n;
      sink.data(buffer, 0, n);
    }
  }

  /** The last entry may lack it, and with it the end of the archive: umoci writes such layers. */
  void skipPadding() throws IOException {
    int size = (int) padding;
    padding = 0;
    offset += in.readNBytes(buffer, 0, size);
  }

  /** One line of content, without its end; the lines are counted until {@link #endLines}. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() <= LINE_MAX) {
      take(1);
      lineBytes++;
      if (buffer[0] == '\n') {
        return line.toString();
      }
      line.append((char) (buffer[0] & 0xff));
    }
    throw SparseMap.malformed();
  }

  /** Skips to the end of the block that the lines end in; returns how many bytes they took. */
  long endLines() throws IOException {
    int rest = (int) (-lineBytes & (Header.SIZE - 1));
    take(rest);
    long taken = lineBytes + rest;
    lineBytes = 0;
    return taken;
  }

  private void take(int length) throws IOException {
    if (left < length) {
      throw SparseMap.malformed();
    }
    require(in.readNBytes(buffer, 0, length), length);
    left -= length;
  }

  private static boolean isEmpty(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean fill(byte[] block) throws IOException {
    int n = in.readNBytes(block, 0, block.length);
    if (n == 0) {
      return false;
    }
    require(n, block.length);
    return true;
  }

  private void require(int read, int wanted) throws MalformedStreamException {
    offset += read;
    if (read < wanted) {
      throw unexpectedEnd();
    }
  }

  MalformedStreamException unexpectedEnd() {
    return new MalformedStreamException("read tar: unexpected EOF at byte " + offset);
  }
}
