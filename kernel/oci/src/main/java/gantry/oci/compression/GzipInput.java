// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/**
 * Unpacks gzip (RFC 1952) with large buffers. All members are read, and what follows the last one
 * must be nothing: the JDK's own stream stops silently at what it does not understand, so a layer
 * cut at a member's end would pass for a whole one.
 */
final class GzipInput extends InputStream {
  private static final int BUFFER = 256 * 1024;
  private static final int FLAG_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private final DeflateEngine engine;
  private final CRC32 crc = new CRC32();
  private int position;
  private int limit;
  private long written;
  private boolean inMember;
  private boolean atEnd;

  GzipInput(InputStream in, DeflateEngine engine) {
    this.in = in;
    this.engine = engine;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!atEnd) {
      if (!inMember && !beginMember()) {
        return -1;
      }
      int n = inflate(bytes, offset, length);
      if (n > 0) {
        crc.update(bytes, offset, n);
        written += n;
        return n;
      }
    }
    return -1;
  }

  /** Frees the native memory. */
  @Override
  public void close() throws IOException {
    engine.close();
    in.close();
  }

  /** One call of the inflater; 0 if it wants input or the member has ended. */
  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      int n = engine.inflate(bytes, offset, length);
      if (n == 0) {
        feedOrFinish();
      }
      return n;
    } catch (DataFormatException e) {
      throw new MalformedStreamException("unpack gzip stream: corrupt data", e);
    }
  }

  private void feedOrFinish() throws IOException {
    if (engine.isFinished()) {
      position = limit - engine.remaining();
      endMember();
    } else if (fill()) {
      engine.input(buffer, 0, limit);
    } else {
      throw unexpectedEnd();
    }
  }

  private boolean beginMember() throws IOException {
    if (position == limit && !fill()) {
      atEnd = true;
      return false;
    }
    if (next() != 0x1f || next() != 0x8b || next() != 8) {
      throw new MalformedStreamException("unpack gzip stream: invalid header");
    }
    int flags = next();
    if ((flags & FLAGS_RESERVED) != 0) {
      throw new MalformedStreamException("unpack gzip stream: unknown flags in header");
    }
    skip(6);
    if ((flags & FLAG_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    skipText(flags & FLAG_NAME);
    skipText(flags & FLAG_COMMENT);
    skip((flags & FLAG_CRC) != 0 ? 2 : 0);
    engine.reset();
    crc.reset();
    written = 0;
    engine.input(buffer, position, limit - position);
    inMember = true;
    return true;
  }

  private void endMember() throws IOException {
    long expectedCrc = number();
    long expectedSize = number();
    if (expectedCrc != crc.getValue() || expectedSize != (written & 0xffffffffL)) {
      throw new MalformedStreamException("unpack gzip stream: checksum does not match");
    }
    inMember = false;
  }

  private long number() throws IOException {
    return (next() | next() << 8 | next() << 16 | (long) next() << 24) & 0xffffffffL;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText(int present) throws IOException {
    int last = present;
    while (last != 0) {
      last = next();
    }
  }

  private int next() throws IOException {
    if (position == limit && !fill()) {
      throw unexpectedEnd();
    }
    return buffer[position++] & 0xff;
  }

  private boolean fill() throws IOException {
    int n = in.read(buffer, 0, buffer.length);
    position = 0;
    limit = Math.max(n, 0);
    return n > 0;
  }

  private static MalformedStreamException unexpectedEnd() {
    return new MalformedStreamException("unpack gzip stream: unexpected EOF");
  }
}
