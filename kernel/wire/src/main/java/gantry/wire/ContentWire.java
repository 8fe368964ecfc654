// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.services.content.v1.Info;
import containerd.services.content.v1.Status;
import gantry.content.BlobInfo;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.labels.Labels;
import gantry.oci.Digest;
import org.jspecify.annotations.Nullable;

/** Blobs and ingests. */
public final class ContentWire {
  private ContentWire() {}

  /** Encodes a blob. */
  public static Info encode(BlobInfo blob) {
    return Info.newBuilder()
        .setDigest(blob.digest().toString())
        .setSize(blob.size())
        .setCreatedAt(TimestampWire.encode(blob.createdAt()))
        .setUpdatedAt(TimestampWire.encode(blob.updatedAt()))
        .putAllLabels(blob.labels().map())
        .build();
  }

  /**
   * Decodes a blob.
   *
   * @throws gantry.errors.InvalidArgumentException if its digest is not one or a label too long
   */
  public static BlobInfo decode(Info blob) {
    return new BlobInfo(
        Digest.parse(blob.getDigest()),
        blob.getSize(),
        TimestampWire.decode(blob.getCreatedAt()),
        TimestampWire.decode(blob.getUpdatedAt()),
        Labels.of(blob.getLabelsMap()));
  }

  /** Encodes an ingest. */
  public static Status encode(IngestStatus ingest) {
    return Status.newBuilder()
        .setRef(ingest.ref())
        .setOffset(ingest.offset())
        .setTotal(ingest.total())
        .setExpected(encode(ingest.expected()))
        .setStartedAt(TimestampWire.encode(ingest.startedAt()))
        .setUpdatedAt(TimestampWire.encode(ingest.updatedAt()))
        .build();
  }

  /**
   * Decodes an ingest.
   *
   * @throws gantry.errors.InvalidArgumentException if the expected digest is not one
   */
  public static IngestStatus decode(Status ingest) {
    return new IngestStatus(
        ingest.getRef(),
        ingest.getOffset(),
        ingest.getTotal(),
        expected(ingest.getExpected()),
        TimestampWire.decode(ingest.getStartedAt()),
        TimestampWire.decode(ingest.getUpdatedAt()));
  }

  /**
   * Decodes what the first message of a write stream opens.
   *
   * @throws gantry.errors.InvalidArgumentException if the expected digest is not one
   */
  public static IngestRequest decode(containerd.services.content.v1.WriteContentRequest request) {
    return new IngestRequest(request.getRef(), request.getTotal(), expected(request.getExpected()));
  }

  /**
   * Decodes a digest that may be left out.
   *
   * @return null for the empty string
   * @throws gantry.errors.InvalidArgumentException if it is neither empty nor a digest
   */
  public static @Nullable Digest expected(String digest) {
    return digest.isEmpty() ? null : Digest.parse(digest);
  }

  private static String encode(@Nullable Digest digest) {
    return digest == null ? "" : digest.toString();
  }
}
