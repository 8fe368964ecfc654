// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.content.BlobInfo;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content store as archives and conversions need it, in the daemon or behind a client. For use
 * by one thread.
 */
public interface BlobStore {
  /** Larger documents are refused, bytes. */
  int DOCUMENT_MAX = 8 << 20;

  /**
   * What is known of a blob.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   */
  BlobInfo info(Digest digest) throws IOException;

  /**
   * Reads a blob.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   */
  InputStream open(Digest digest) throws IOException;

  /**
   * Begins a blob.
   *
   * @param size bytes it will have, 0 if not known
   * @param expected the digest it must have, or null for any
   */
  BlobWriter writer(long size, @Nullable Digest expected) throws IOException;

  /** A layer in the store whose uncompressed form has this digest, for example from a pull. */
  default Optional<BlobInfo> compressed(Digest uncompressed) throws IOException {
    return Optional.empty();
  }

  /** Adds labels to a blob; others stay. */
  void label(Digest digest, Map<String, String> labels) throws IOException;

  /**
   * Reads a document whole.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   * @throws InvalidArgumentException if it is longer than {@link #DOCUMENT_MAX}
   */
  default byte[] document(Digest digest) throws IOException {
    try (InputStream in = open(digest)) {
      byte[] bytes = in.readNBytes(DOCUMENT_MAX + 1);
      if (bytes.length > DOCUMENT_MAX) {
        throw new InvalidArgumentException(
            "read %s: the document is longer than %d bytes".formatted(digest, DOCUMENT_MAX));
      }
      return bytes;
    }
  }

  /** Stores a document; if it is there already it gets the labels. */
  default Digest put(byte[] document, Labels labels) throws IOException {
    try (BlobWriter writer = writer(document.length, Digest.sha256(document))) {
      writer.write(document, 0, document.length);
      return writer.commit(labels);
    }
  }
}
