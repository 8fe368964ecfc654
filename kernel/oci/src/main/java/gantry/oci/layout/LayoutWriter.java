// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.DataLossException;
import gantry.oci.Digest;
import gantry.oci.tar.EntryType;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes an image archive: all its files by name, with fixed modes and times, so that the same
 * content gives the same bytes; they are the bytes that containerd writes. Nothing is written
 * before {@link #write}.
 */
final class LayoutWriter {
  private static final int CHUNK = 1 << 18;
  private static final int BLOB_MODE = 0444;
  private static final int DOCUMENT_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  private final BlobStore blobs;
  private final SortedMap<String, Source> files = new TreeMap<>();

  LayoutWriter(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** A file to write. */
  private interface Source {
    void write(String name, TarWriter tar) throws IOException;
  }

  /** Where a blob is in the archive. */
  static String path(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  /** Adds a blob of so many bytes; once more is fine. */
  void blob(Digest digest, long size) {
    directory("blobs/");
    directory("blobs/" + digest.algorithm() + "/");
    files.put(path(digest), (name, tar) -> copy(name, digest, size, tar));
  }

  /** Adds a file of these bytes. */
  void document(String name, byte[] bytes) {
    file(name, DOCUMENT_MODE, bytes);
  }

  /** Adds a file nobody may change. */
  void fixed(String name, byte[] bytes) {
    file(name, BLOB_MODE, bytes);
  }

  /**
   * Writes the archive; the stream stays open.
   *
   * @throws gantry.errors.NotFoundException if a blob does not exist
   * @throws DataLossException if the bytes of a blob are not what its digest says
   */
  void write(OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    for (var file : files.entrySet()) {
      file.getValue().write(file.getKey(), tar);
    }
    tar.finish();
  }

  /** The names of all files. */
  Set<String> names() {
    return Set.copyOf(files.keySet());
  }

  private void directory(String name) {
    files.put(
        name,
        (path, tar) ->
            tar.entry(TarEntry.of(EntryType.DIRECTORY, path, DIRECTORY_MODE, 0, Instant.EPOCH)));
  }

  private void file(String name, int mode, byte[] bytes) {
    files.put(
        name,
        (path, tar) -> {
          tar.entry(TarEntry.of(EntryType.REGULAR, path, mode, bytes.length, Instant.EPOCH));
          tar.content(bytes, 0, bytes.length);
        });
  }

  private void copy(String name, Digest digest, long size, TarWriter tar) throws IOException {
    MessageDigest hash = Digest.hasher(digest.algorithm());
    long left = size;
    try (InputStream in = blobs.open(digest)) {
      tar.entry(TarEntry.of(EntryType.REGULAR, name, BLOB_MODE, size, Instant.EPOCH));
      byte[] chunk = new byte[CHUNK];
      int n = in.read(chunk);
      while (n >= 0 && n <= left) {
        hash.update(chunk, 0, n);
        tar.content(chunk, 0, n);
        left -= n;
        n = in.read(chunk);
      }
      if (n >= 0 || left > 0) {
        throw new DataLossException(
            "export %s: the stored blob does not have the %d bytes it should"
                .formatted(digest, size));
      }
    }
    if (!Digest.of(digest.algorithm(), hash.digest()).equals(digest)) {
      throw new DataLossException(
          "export %s: the stored blob is damaged: unexpected digest".formatted(digest));
    }
  }
}
