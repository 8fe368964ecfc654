// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import com.google.protobuf.ByteString;
import containerd.services.content.v1.ReadContentRequest;
import containerd.services.content.v1.ReadContentResponse;
import java.io.InputStream;

/** The chunks of a download as one stream; closing it early stops the download. */
final class BlobStream extends InputStream {
  private final WireStream<ReadContentRequest, ReadContentResponse> chunks;
  private ByteString chunk = ByteString.EMPTY;
  private int at;
  private boolean ended;

  private BlobStream(WireStream<ReadContentRequest, ReadContentResponse> chunks) {
    this.chunks = chunks;
  }

  /** Waits for the first chunk, so that a blob that is missing fails here. */
  static BlobStream open(WireStream<ReadContentRequest, ReadContentResponse> chunks) {
    BlobStream stream = new BlobStream(chunks);
    stream.more();
    return stream;
  }

  @Override
  public int read() {
    return more() ? chunk.byteAt(at++) & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!more()) {
      return -1;
    }
    int count = Math.min(length, chunk.size() - at);
    chunk.substring(at, at + count).asReadOnlyByteBuffer().get(target, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      chunks.close();
    }
    chunk = ByteString.EMPTY;
  }

  private boolean more() {
    while (at >= chunk.size()) {
      ReadContentResponse next = ended ? null : chunks.receive();
      if (next == null) {
        ended = true;
        return false;
      }
      chunk = next.getData();
      at = 0;
    }
    return true;
  }
}
