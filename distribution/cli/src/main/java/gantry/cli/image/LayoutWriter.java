// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.oci.Digest;
import gantry.oci.tar.EntryType;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * An OCI image layout in a tar archive: {@code oci-layout} first, then whatever is added. Modes and
 * times are fixed, so the same content gives the same bytes.
 */
public final class LayoutWriter {
  private static final int CHUNK = 1 << 16;
  private static final int FILE = 0444;
  private static final int DIRECTORY = 0755;

  private final TarWriter tar;
  private final Set<String> directories = new HashSet<>();

  /** Begins an archive; the stream is never closed. */
  public LayoutWriter(OutputStream out) throws IOException {
    this.tar = new TarWriter(out);
    document("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    directory("blobs");
  }

  /** Where a blob is in the archive. */
  public static String path(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  /** Adds a blob of so many bytes. */
  public void blob(Digest digest, long size, InputStream in) throws IOException {
    directory("blobs/" + digest.algorithm());
    tar.entry(TarEntry.of(EntryType.REGULAR, path(digest), FILE, size, Instant.EPOCH));
    byte[] chunk = new byte[CHUNK];
    long left = size;
    while (left > 0) {
      int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (read < 0) {
        throw new EOFException("write %s: %d bytes are missing".formatted(digest, left));
      }
      tar.content(chunk, 0, read);
      left -= read;
    }
  }

  /** Adds a file at the top. */
  public void document(String name, byte[] bytes) throws IOException {
    tar.entry(TarEntry.of(EntryType.REGULAR, name, FILE, bytes.length, Instant.EPOCH));
    tar.content(bytes, 0, bytes.length);
  }

  /** Ends the archive. */
  public void finish() throws IOException {
    tar.finish();
  }

  private void directory(String name) throws IOException {
    if (directories.add(name)) {
      tar.entry(TarEntry.of(EntryType.DIRECTORY, name + "/", DIRECTORY, 0, Instant.EPOCH));
    }
  }
}
