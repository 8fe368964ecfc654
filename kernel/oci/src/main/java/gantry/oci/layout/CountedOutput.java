// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import java.io.IOException;
import java.io.OutputStream;

/** A stream into a blob; closing it leaves the blob open. */
public final class CountedOutput extends OutputStream {
  private final BlobWriter writer;
  private long count;

  /** Writes to a blob. */
  public CountedOutput(BlobWriter writer) {
    this.writer = writer;
  }

  /** Bytes written so far. */
  public long count() {
    return count;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    writer.write(bytes, offset, length);
    count += length;
  }
}
