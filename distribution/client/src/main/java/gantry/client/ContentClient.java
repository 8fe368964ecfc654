// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.content.v1.AbortRequest;
import containerd.services.content.v1.ContentGrpc;
import containerd.services.content.v1.DeleteContentRequest;
import containerd.services.content.v1.Info;
import containerd.services.content.v1.InfoRequest;
import containerd.services.content.v1.ListContentRequest;
import containerd.services.content.v1.ListContentResponse;
import containerd.services.content.v1.ListStatusesRequest;
import containerd.services.content.v1.ReadContentRequest;
import containerd.services.content.v1.UpdateRequest;
import gantry.content.BlobInfo;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.wire.ContentWire;
import gantry.wire.FieldMaskWire;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The blobs and ingests of a namespace. */
public final class ContentClient {
  /** What one message of an upload carries, bytes. */
  private static final int CHUNK = 1 << 20;

  private final Wire wire;

  ContentClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * Size, times and labels of a blob.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public BlobInfo info(Digest digest) {
    InfoRequest request = InfoRequest.newBuilder().setDigest(digest.toString()).build();
    return ContentWire.decode(wire.call(ContentGrpc.getInfoMethod(), request).getInfo());
  }

  /** Sets labels; one with an empty value is removed, others stay; none changes nothing. */
  public BlobInfo label(Digest digest, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return info(digest);
    }
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .setInfo(Info.newBuilder().setDigest(digest.toString()).putAllLabels(labels))
            .setUpdateMask(FieldMaskWire.encode(LabelPaths.of(labels)))
            .build();
    return ContentWire.decode(wire.call(ContentGrpc.getUpdateMethod(), request).getInfo());
  }

  /** Each blob that matches any filter; all if there is none. */
  public void walk(List<String> filters, Consumer<BlobInfo> sink) {
    ListContentRequest request = ListContentRequest.newBuilder().addAllFilters(filters).build();
    Iterator<ListContentResponse> batches = wire.list(ContentGrpc.getListMethod(), request);
    while (batches.hasNext()) {
      batches.next().getInfoList().stream().map(ContentWire::decode).forEach(sink);
    }
  }

  /**
   * Takes a blob out of the namespace.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public void delete(Digest digest) {
    wire.call(
        ContentGrpc.getDeleteMethod(),
        DeleteContentRequest.newBuilder().setDigest(digest.toString()).build());
  }

  /**
   * Streams a blob from an offset to its end.
   *
   * @throws gantry.errors.OutOfRangeException if it is shorter than the offset
   */
  public InputStream read(Digest digest, long offset) {
    ReadContentRequest request =
        ReadContentRequest.newBuilder().setDigest(digest.toString()).setOffset(offset).build();
    return BlobStream.open(wire.subscribe(ContentGrpc.getReadMethod(), request));
  }

  /**
   * A whole small blob.
   *
   * @param limit of its size, bytes
   * @throws FailedPreconditionException if it is larger
   */
  public byte[] bytes(Digest digest, int limit) throws IOException {
    try (InputStream in = read(digest, 0)) {
      byte[] bytes = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw new FailedPreconditionException(
            "read %s: larger than %d bytes".formatted(digest, limit));
      }
      return bytes;
    }
  }

  /** The ingests whose ref matches any filter; all if there is none. */
  public List<IngestStatus> statuses(List<String> filters) {
    ListStatusesRequest request = ListStatusesRequest.newBuilder().addAllFilters(filters).build();
    return wire.call(ContentGrpc.getListStatusesMethod(), request).getStatusesList().stream()
        .map(ContentWire::decode)
        .toList();
  }

  /**
   * Drops an ingest.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public void abort(String ref) {
    wire.call(ContentGrpc.getAbortMethod(), AbortRequest.newBuilder().setRef(ref).build());
  }

  /**
   * Opens an ingest, a new one or one left unfinished.
   *
   * @throws AlreadyExistsException if the expected blob is there
   * @throws gantry.errors.UnavailableException if somebody else has it open
   */
  public BlobWriter writer(IngestRequest request) {
    return BlobWriter.open(wire.open(ContentGrpc.getWriteMethod()), request);
  }

  /**
   * Stores a blob; one that is there already is left alone but gets the labels.
   *
   * @param in the whole blob; not closed
   * @throws FailedPreconditionException if it is not what the descriptor says
   */
  public void store(String ref, Descriptor blob, InputStream in, Labels labels) throws IOException {
    try (BlobWriter writer = writer(new IngestRequest(ref, blob.size(), blob.digest()))) {
      in.skipNBytes(writer.status().offset());
      byte[] chunk = new byte[CHUNK];
      long left = blob.size() - writer.status().offset();
      while (left > 0) {
        int read = in.readNBytes(chunk, 0, (int) Math.min(chunk.length, left));
        if (read == 0) {
          throw new EOFException(
              "store %s: %d of %d bytes are missing".formatted(blob.digest(), left, blob.size()));
        }
        writer.write(ByteBuffer.wrap(chunk, 0, read));
        left -= read;
      }
      writer.commit(blob.size(), blob.digest(), labels);
    } catch (AlreadyExistsException present) {
      if (!labels.map().isEmpty()) {
        label(blob.digest(), labels.map());
      }
    }
  }
}
