// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPOutputStream;

/** How a layer is compressed. */
public enum Compression {
  /** Not at all. */
  NONE,
  /** RFC 1952, also of several members. */
  GZIP,
  /** RFC 8878, also of several and skippable frames. */
  ZSTD;

  private static final int MAGIC = 4;
  private static final int BUFFER = 256 * 1024;

  /** Recognises the compression by the first bytes; at least four of them are needed. */
  public static Compression of(byte[] start, int length) {
    if (length >= 3 && start[0] == 0x1f && start[1] == (byte) 0x8b && start[2] == 8) {
      return GZIP;
    }
    if (length >= 4 && start[1] == (byte) 0xb5 && start[2] == 0x2f && start[3] == (byte) 0xfd) {
      return start[0] == 0x28 ? ZSTD : NONE;
    }
    boolean skippable =
        length >= 4
            && (start[0] & 0xf0) == 0x50
            && start[1] == 0x2a
            && start[2] == 0x4d
            && start[3] == 0x18;
    return skippable ? ZSTD : NONE;
  }

  /**
   * Unpacks a stream, whatever it is compressed with; a stream of none of the known kinds is passed
   * on as it is. Closing the result closes {@code in}.
   *
   * @throws MalformedStreamException while reading, if the stream is damaged or ends too early
   */
  public static InputStream unpack(InputStream in) throws IOException {
    byte[] start = new byte[MAGIC];
    int length = in.readNBytes(start, 0, MAGIC);
    PushbackInputStream whole = new PushbackInputStream(in, MAGIC);
    whole.unread(start, 0, length);
    return switch (of(start, length)) {
      case NONE -> whole;
      case GZIP -> new GzipInput(whole, DeflateEngine.fastest());
      case ZSTD -> new ZstdInput(new ZstdInputStreamNoFinalizer(whole));
    };
  }

  /** Compresses a stream. Closing the result closes {@code out}. */
  public OutputStream pack(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER);
      case ZSTD -> new ZstdOutputStreamNoFinalizer(out).setChecksum(true);
    };
  }
}
