// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.InvalidArgumentException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Stops an archive that is unpacked to far more than it was: a bomb. */
final class InflationLimit {
  private static final int RATIO_MAX = 500;

  private final long allowance;
  private long packed;
  private long unpacked;

  /**
   * A limit.
   *
   * @param allowance bytes that are fine in any case
   */
  InflationLimit(long allowance) {
    this.allowance = allowance;
  }

  /** Counts what comes in. */
  InputStream packed(InputStream in) {
    return new Counted(in) {
      @Override
      void count(int bytes) {
        packed += bytes;
      }
    };
  }

  /** Counts what it is unpacked to. */
  InputStream unpacked(InputStream in) {
    return new Counted(in) {
      @Override
      void count(int bytes) {
        unpacked += bytes;
        if (unpacked > allowance && unpacked / RATIO_MAX > packed) {
          throw new InvalidArgumentException(
              "import: %d bytes of the archive unpack to more than %d bytes, that is no image"
                  .formatted(packed, unpacked));
        }
      }
    };
  }

  private abstract static class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    abstract void count(int bytes);

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = in.read(bytes, offset, length);
      if (n > 0) {
        count(n);
      }
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      return read(new byte[(int) Math.min(count, 8192)]);
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
