// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.content.ContentWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A stream into an ingest. Closing it leaves the ingest open. */
final class ContentOutput extends OutputStream {
  private final ContentWriter writer;

  ContentOutput(ContentWriter writer) {
    this.writer = writer;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    writer.write(ByteBuffer.wrap(bytes, from, length));
  }
}
