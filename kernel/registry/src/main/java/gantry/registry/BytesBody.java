// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A body that is in memory. */
final class BytesBody implements BlobBody {
  private final byte[] bytes;

  private BytesBody(byte[] bytes) {
    this.bytes = bytes;
  }

  static BlobBody of(byte[] bytes) {
    return new BytesBody(bytes);
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(bytes);
  }
}
