// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;

/** A blob being written. Not for concurrent use. */
public interface BlobWriter extends AutoCloseable {
  /** Appends bytes. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * Makes it a blob; one that exists already gets the labels.
   *
   * @return its digest
   * @throws gantry.errors.InvalidArgumentException if size or digest are not as promised
   */
  Digest commit(Labels labels) throws IOException;

  /** Drops what was not committed. Idempotent. */
  @Override
  void close() throws IOException;
}
