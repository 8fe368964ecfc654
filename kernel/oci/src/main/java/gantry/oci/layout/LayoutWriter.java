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
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes an image archive: all its files by name, with fixed modes and times, so that the same
 * content gives the same bytes; they are the bytes that containerd writes. Nothing is written
 * before {@link #write}.
 */
public final class LayoutWriter {
  private static final int CHUNK = 1 << 18;
  private static final int BLOB_MODE = 0444;
  private static final int DOCUMENT_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  private final SortedMap<String, Entry> files = new TreeMap<>();

  /** An empty archive. */
  public LayoutWriter() {}

  /** Where the bytes of a blob come from. */
  @FunctionalInterface
  public interface Source {
    /** Opens them, once, when their turn has come. */
    InputStream open() throws IOException;
  }

  private interface Entry {
    void write(String name, TarWriter tar) throws IOException;
  }

  /** Where a blob is in the archive. */
  public static String path(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  /** Adds a blob of so many bytes; once more is fine. */
  public void blob(Digest digest, long size, Source source) {
    directory("blobs/");
    directory("blobs/" + digest.algorithm() + "/");
    files.put(path(digest), (name, tar) -> copy(name, digest, size, source, tar));
  }

  /** Adds a file of these bytes. */
  public void document(String name, byte[] bytes) {
    file(name, DOCUMENT_MODE, bytes);
  }

  /** Adds a file nobody may change. */
  public void fixed(String name, byte[] bytes) {
    file(name, BLOB_MODE, bytes);
  }

  /**
   * Writes the archive; the stream stays open.
   *
   * @throws gantry.errors.NotFoundException if a blob does not exist
   * @throws DataLossException if the bytes of a blob are not what its digest says
   */
  public void write(OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    for (var file : files.entrySet()) {
      file.getValue().write(file.getKey(), tar);
    }
    tar.finish();
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

  private static void copy(String name, Digest digest, long size, Source source, TarWriter tar)
      throws IOException {
    MessageDigest hash = Digest.hasher(digest.algorithm());
    long left = size;
    try (InputStream in = source.open()) {
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
