// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.FilterInputStream;
import java.io.IOException;

/** Tells damage in a zstd stream from trouble of the stream below. */
final class ZstdInput extends FilterInputStream {
  ZstdInput(ZstdInputStreamNoFinalizer in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (ZstdIOException e) {
      throw malformed(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (ZstdIOException e) {
      throw malformed(e);
    }
  }

  private static MalformedStreamException malformed(ZstdIOException e) {
    return new MalformedStreamException("unpack zstd stream: " + e.getMessage(), e);
  }
}
