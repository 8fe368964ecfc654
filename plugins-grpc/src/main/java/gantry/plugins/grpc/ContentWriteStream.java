// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.UnsafeByteOperations;
import containerd.services.content.v1.WriteAction;
import containerd.services.content.v1.WriteContentRequest;
import containerd.services.content.v1.WriteContentResponse;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.OutOfRangeException;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.wire.ContentWire;
import gantry.wire.TimestampWire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream of Content.Write. The first message opens the ingest; each is answered by the ingest's
 * state; a commit ends the stream. Whatever else ends it leaves the ingest to be resumed, except
 * that an expected blob which is there by now also ends the ingest.
 */
final class ContentWriteStream {
  private final Handle<Metadata> metadata;
  private final Caller caller;
  private long total;
  private @Nullable Digest expected;

  ContentWriteStream(Handle<Metadata> metadata, Caller caller) {
    this.metadata = metadata;
    this.caller = caller;
  }

  void run(Source<WriteContentRequest> requests, Sink<WriteContentResponse> answers)
      throws IOException, InterruptedException {
    Optional<WriteContentRequest> first = requests.next();
    if (first.isEmpty() || first.get().getRef().isEmpty()) {
      throw new InvalidArgumentException("write content: first message must have a reference");
    }
    String ref = first.get().getRef();
    try (OpenIngest ingest = new OpenIngest(metadata, caller, ContentWire.decode(first.get()))) {
      Optional<WriteContentRequest> request = first;
      while (request.isPresent()) {
        WriteContentRequest message = request.get();
        answers.send(
            ingest.step(
                (content, writer) -> {
                  expect(message, ref, content, writer);
                  return answer(message, writer);
                }));
        request = message.getAction() == WriteAction.COMMIT ? Optional.empty() : requests.next();
      }
    }
  }

  /** Takes over what this message newly says of the blob to come. */
  private void expect(
      WriteContentRequest message, String ref, ContentStore content, ContentWriter writer)
      throws IOException {
    Digest digest = ContentWire.expected(message.getExpected());
    if (digest != null) {
      expected = digest;
      if (exists(content, digest)) {
        writer.close();
        content.abort(ref);
        throw new AlreadyExistsException(
            "write content %s: blob with expected digest %s exists".formatted(ref, digest));
      }
    }
    if (message.getTotal() > 0) {
      total = message.getTotal();
    }
  }

  private static boolean exists(ContentStore content, Digest digest) throws IOException {
    try {
      content.info(digest);
      return true;
    } catch (NotFoundException notYet) {
      return false;
    }
  }

  private WriteContentResponse answer(WriteContentRequest message, ContentWriter writer)
      throws IOException {
    IngestStatus status = writer.status();
    WriteContentResponse.Builder answer =
        WriteContentResponse.newBuilder().setAction(message.getAction());
    switch (message.getAction()) {
      case STAT ->
          answer
              .setOffset(status.offset())
              .setTotal(total)
              .setDigest(writer.digest().toString())
              .setStartedAt(TimestampWire.encode(status.startedAt()))
              .setUpdatedAt(TimestampWire.encode(status.updatedAt()));
      case WRITE ->
          answer
              .setOffset(append(message, status.offset(), writer))
              .setDigest(writer.digest().toString());
      case COMMIT -> {
        answer.setOffset(append(message, status.offset(), writer));
        Digest digest = writer.commit(total, expected, Labels.of(message.getLabelsMap()));
        answer.setDigest(digest.toString());
      }
      case UNRECOGNIZED ->
          throw new InvalidArgumentException(
              "write content: action %d is not known".formatted(message.getActionValue()));
    }
    return answer.build();
  }

  /** Returns the size of the ingest after it. */
  private static long append(WriteContentRequest message, long size, ContentWriter writer)
      throws IOException {
    long offset = message.getOffset();
    if (offset > 0 && offset != size) {
      throw new OutOfRangeException(
          "write content @%d must occur at current offset %d".formatted(offset, size));
    }
    boolean again = offset == 0 && size > 0;
    if (again) {
      writer.truncate(0);
    }
    UnsafeByteOperations.unsafeWriteTo(message.getData(), new Bytes(writer));
    return (again ? 0 : size) + message.getData().size();
  }

  /**
   * Shows the writer the very array a message was read into: what is read-only is copied to hash.
   */
  private static final class Bytes extends ByteOutput {
    private final ContentWriter writer;

    Bytes(ContentWriter writer) {
      this.writer = writer;
    }

    @Override
    public void write(byte value) throws IOException {
      writer.write(ByteBuffer.wrap(new byte[] {value}));
    }

    @Override
    public void write(byte[] value, int offset, int length) throws IOException {
      writer.write(ByteBuffer.wrap(value, offset, length));
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) throws IOException {
      write(value, offset, length);
    }

    @Override
    public void write(ByteBuffer value) throws IOException {
      writer.write(value);
    }

    @Override
    public void writeLazy(ByteBuffer value) throws IOException {
      write(value);
    }
  }
}
