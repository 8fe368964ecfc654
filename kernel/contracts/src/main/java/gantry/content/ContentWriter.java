// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An open ingest. Its ref is locked against other writers until it is closed. Not for concurrent
 * use.
 */
public interface ContentWriter extends AutoCloseable {
  /** How far the ingest has come. */
  IngestStatus status() throws IOException;

  /** The digest of the bytes written so far, in the algorithm of the expected digest or sha256. */
  Digest digest() throws IOException;

  /**
   * Reads what has been written, while more is being written. Stays readable after this writer has
   * committed or closed; {@link ContentReader#size} is the number of bytes written so far.
   *
   * @throws gantry.errors.UnimplementedException if this store cannot
   */
  default ContentReader written() throws IOException {
    throw new UnimplementedException("read open ingest: not supported by this content store");
  }

  /** Appends all remaining bytes of the buffer. */
  void write(ByteBuffer bytes) throws IOException;

  /**
   * Cuts the ingest.
   *
   * @param size the new size in bytes; only 0 needs to be supported
   * @throws gantry.errors.UnimplementedException for sizes that are not supported
   */
  void truncate(long size) throws IOException;

  /**
   * Makes the ingest a blob: durable before it is named. The ingest ends, also when the blob
   * exists.
   *
   * @param size bytes it must have, 0 for any
   * @param expected the digest it must have, or null for any
   * @return the digest it has
   * @throws gantry.errors.FailedPreconditionException if size or digest differ; the ingest stays
   * @throws gantry.errors.AlreadyExistsException if the blob exists
   */
  Digest commit(long size, @Nullable Digest expected, Labels labels) throws IOException;

  /** Ends the writing and keeps the ingest for a later writer of the same ref. Idempotent. */
  @Override
  void close() throws IOException;
}
