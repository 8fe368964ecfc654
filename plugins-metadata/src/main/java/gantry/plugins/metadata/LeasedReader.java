// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.plugins.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A raw reader that stays with the version of the raw store that opened it. */
record LeasedReader(ContentReader reader, Handle.Lease<ContentStore> lease)
    implements ContentReader {
  @Override
  public long size() {
    return reader.size();
  }

  @Override
  public int read(ByteBuffer target, long offset) throws IOException {
    return reader.read(target, offset);
  }

  @Override
  public void close() throws IOException {
    try (lease) {
      reader.close();
    }
  }
}
