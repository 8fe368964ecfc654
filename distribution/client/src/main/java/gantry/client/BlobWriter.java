// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import com.google.protobuf.UnsafeByteOperations;
import containerd.services.content.v1.WriteAction;
import containerd.services.content.v1.WriteContentRequest;
import containerd.services.content.v1.WriteContentResponse;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.UnavailableException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.wire.TimestampWire;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An open ingest. Every method is one message and its answer; messages are limited to 16 MiB. Not
 * safe for concurrent use. Closing it without {@link #commit} keeps what was written.
 */
public final class BlobWriter implements ContentWriter {
  private final WireStream<WriteContentRequest, WriteContentResponse> stream;
  private final IngestRequest request;
  private WriteContentResponse last;

  private BlobWriter(
      WireStream<WriteContentRequest, WriteContentResponse> stream,
      IngestRequest request,
      WriteContentResponse first) {
    this.stream = stream;
    this.request = request;
    this.last = first;
  }

  static BlobWriter open(
      WireStream<WriteContentRequest, WriteContentResponse> stream, IngestRequest request) {
    Digest expected = request.expected();
    WriteContentRequest first =
        WriteContentRequest.newBuilder()
            .setAction(WriteAction.STAT)
            .setRef(request.ref())
            .setTotal(request.total())
            .setExpected(expected == null ? "" : expected.toString())
            .build();
    try {
      return new BlobWriter(stream, request, exchange(stream, first));
    } catch (RuntimeException failure) {
      stream.close();
      throw failure;
    }
  }

  /** As of the last answer; nothing is asked. */
  @Override
  public IngestStatus status() {
    return new IngestStatus(
        request.ref(),
        last.getOffset(),
        last.getTotal(),
        request.expected(),
        TimestampWire.decode(last.getStartedAt()),
        TimestampWire.decode(last.getUpdatedAt()));
  }

  @Override
  public Digest digest() {
    send(WriteContentRequest.newBuilder().setAction(WriteAction.STAT));
    return Digest.parse(last.getDigest());
  }

  @Override
  public void write(ByteBuffer bytes) {
    send(
        WriteContentRequest.newBuilder()
            .setAction(WriteAction.WRITE)
            .setOffset(last.getOffset())
            .setData(UnsafeByteOperations.unsafeWrap(bytes)));
    bytes.position(bytes.limit());
  }

  /** Only to size 0: the wire knows nothing else. */
  @Override
  public void truncate(long size) {
    if (size != 0) {
      throw new IllegalArgumentException("truncate to " + size + ": only 0 can be asked for");
    }
    send(WriteContentRequest.newBuilder().setAction(WriteAction.WRITE).setOffset(0));
  }

  @Override
  public Digest commit(long size, @Nullable Digest expected, Labels labels) {
    send(
        WriteContentRequest.newBuilder()
            .setAction(WriteAction.COMMIT)
            .setOffset(last.getOffset())
            .setTotal(size)
            .setExpected(expected == null ? "" : expected.toString())
            .putAllLabels(labels.map()));
    return Digest.parse(last.getDigest());
  }

  @Override
  public void close() {
    stream.end();
    try {
      while (stream.receive() != null) {
        // the daemon repeats its last answer before it ends the stream
      }
    } catch (RuntimeException ended) {
      stream.close();
    }
  }

  private void send(WriteContentRequest.Builder message) {
    last = exchange(stream, message.build());
  }

  private static WriteContentResponse exchange(
      WireStream<WriteContentRequest, WriteContentResponse> stream, WriteContentRequest message) {
    stream.send(message);
    WriteContentResponse answer = stream.receive();
    if (answer == null) {
      throw new UnavailableException("write content: the daemon ended the stream");
    }
    return answer;
  }
}
