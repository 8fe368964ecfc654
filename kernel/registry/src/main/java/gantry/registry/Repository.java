// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.io.IOException;
import java.util.List;

/**
 * One repository, behind all hosts that serve it. Every call has deadlines: to connect, for the
 * answer to begin, and for a least throughput of a body; interrupting the thread ends a call. Calls
 * that fail in passing are tried again within, as the answers ask. Safe for concurrent use.
 */
public interface Repository {
  /** The reference this was opened for. */
  Reference reference();

  /**
   * What the reference points to.
   *
   * @throws gantry.errors.NotFoundException if no host has it
   * @throws gantry.errors.UnauthenticatedException if credentials are missing or refused
   * @throws gantry.errors.PermissionDeniedException if they do not suffice
   * @throws gantry.errors.UnavailableException if no host could be reached, or all are overloaded
   */
  Descriptor resolve() throws IOException;

  /**
   * Opens a blob, or a manifest if the media type is one, from an offset on. Its digest is not
   * checked.
   *
   * @param urls where else it may be had, tried first; mostly none
   * @param offset bytes to leave out
   * @throws gantry.errors.NotFoundException if no host has it
   * @throws gantry.errors.OutOfRangeException if {@code offset} is past the end
   */
  RemoteBlob fetch(Descriptor descriptor, List<String> urls, long offset) throws IOException;

  /**
   * Opens a part of a blob.
   *
   * @param length bytes, at least 1
   * @throws gantry.errors.UnimplementedException if the host serves no ranges
   */
  RemoteBlob fetchRange(Descriptor descriptor, long offset, long length) throws IOException;

  /** Whether the repository has this blob or manifest already. */
  boolean exists(Descriptor descriptor) throws IOException;

  /**
   * Uploads a blob, or a manifest if the media type is one; a manifest is put under the reference's
   * tag as well if {@code tagged}.
   *
   * @param body opened from its beginning for each try
   * @param mountFrom other repositories of the same registry that may have it, the likeliest first
   * @return what was needed
   * @throws gantry.errors.FailedPreconditionException if the registry took something else than it
   *     was sent
   */
  PushResult push(
      Descriptor descriptor,
      BlobBody body,
      List<String> mountFrom,
      boolean tagged,
      ByteListener sent)
      throws IOException;

  /**
   * What refers to a manifest, by the referrers API or the tag that stands in for it.
   *
   * @param artifactType only these, or empty for all
   */
  List<Descriptor> referrers(Digest subject, String artifactType) throws IOException;

  /** What a push came to. */
  enum PushResult {
    /** It was there already. */
    EXISTED,
    /** The registry took it from another repository. */
    MOUNTED,
    /** It was sent. */
    UPLOADED
  }

  /** Told how many bytes have been sent so far of the current try. */
  @FunctionalInterface
  interface ByteListener {
    /** Hears the count; must not block. */
    void sent(long bytes);
  }
}
