// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;
import gantry.oci.compression.MalformedStreamException;
import gantry.oci.image.OciLayout;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an image archive once from front to end, in whatever order its files are: OCI image layout,
 * or what {@code docker save} writes since Docker 1.10; compressed or not. Every file goes into the
 * blob store as it comes; what memory holds is bounded. An archive that is both is read as an OCI
 * layout.
 */
public final class ArchiveReader {
  private static final String INDEX = "index.json";
  private static final int BUFFER = 1 << 16;
  private static final long INFLATION_ALLOWANCE = 4L << 30;
  private static final long TRAILER_MAX = 64 << 20;

  private final BlobStore blobs;
  private final boolean compress;
  private final ArchiveFiles files = new ArchiveFiles();
  private byte @Nullable [] layout;
  private byte @Nullable [] dockerManifests;
  private boolean repositories;

  /**
   * A reader for one archive.
   *
   * @param blobs where the files go; nothing refers to them there until the caller does
   * @param compress whether layers of {@code docker save} are compressed that are not
   */
  public ArchiveReader(BlobStore blobs, boolean compress) {
    this.blobs = blobs;
    this.compress = compress;
  }

  /**
   * Reads a stream to its end, without closing it.
   *
   * @return the index of all images of the archive, which is in the store as a blob
   * @throws InvalidArgumentException if it is no image archive, is damaged, or contradicts itself
   */
  public Descriptor read(InputStream in) throws IOException {
    InflationLimit limit = new InflationLimit(INFLATION_ALLOWANCE);
    try {
      InputStream packed = new BufferedInputStream(limit.packed(in), BUFFER);
      InputStream unpacked = limit.unpacked(Compression.unpack(packed));
      readFiles(new TarReader(new BufferedInputStream(unpacked, BUFFER)));
      drain(unpacked);
    } catch (MalformedStreamException e) {
      throw new InvalidArgumentException(
          "import: the archive is damaged or not complete: " + e.getMessage(), e);
    }
    return index();
  }

  private void readFiles(TarReader tar) throws IOException {
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      switch (entry.type()) {
        case REGULAR -> readFile(ArchiveFiles.clean(entry.name()), entry.size(), tar);
        case SYMLINK -> files.addSymlink(ArchiveFiles.clean(entry.name()), entry.linkName());
        case HARD_LINK -> files.addHardLink(ArchiveFiles.clean(entry.name()), entry.linkName());
        default -> {}
      }
    }
  }

  private void readFile(String name, long size, TarReader tar) throws IOException {
    switch (name) {
      case "oci-layout" -> layout = document(name, layout, tar);
      case "manifest.json" -> dockerManifests = document(name, dockerManifests, tar);
      case "repositories" -> repositories = true;
      default -> files.add(name, store(name, size, tar));
    }
  }

  private static byte[] document(String name, byte @Nullable [] before, TarReader tar)
      throws IOException {
    if (before != null) {
      throw new InvalidArgumentException(
          "import: the archive has two files \"%s\"".formatted(name));
    }
    return tar.bytes(BlobStore.DOCUMENT_MAX);
  }

  private Descriptor store(String name, long size, TarReader tar) throws IOException {
    if (name.equals(INDEX)) {
      return storeIndex(size, tar);
    }
    try (BlobWriter writer = blobs.writer(size, blobDigest(name))) {
      BlobSink sink = new BlobSink(name, writer);
      tar.content(sink);
      sink.flush();
      return Descriptor.of("application/octet-stream", writer.commit(Labels.none()), size);
    } catch (InvalidArgumentException e) {
      throw new InvalidArgumentException("import \"%s\": %s".formatted(name, e.getMessage()), e);
    }
  }

  /**
   * It is in no blob's place, so its name does not tell its digest. A daemon that is told it only
   * at the end, and has the blob already, may not put it under the caller's lease.
   */
  private Descriptor storeIndex(long size, TarReader tar) throws IOException {
    if (size > BlobStore.DOCUMENT_MAX) {
      throw new InvalidArgumentException(
          "import: index.json has %d bytes, at most %d are taken"
              .formatted(size, BlobStore.DOCUMENT_MAX));
    }
    byte[] index = tar.bytes(BlobStore.DOCUMENT_MAX);
    return Descriptor.of(MediaTypes.OCI_INDEX, blobs.put(index, Labels.none()), size);
  }

  /** The digest a blob of a layout promises by its name. */
  private static @Nullable Digest blobDigest(String name) {
    String[] parts = name.split("/", -1);
    return parts.length == 3 && parts[0].equals("blobs") ? new Digest(parts[1], parts[2]) : null;
  }

  /** A writer at the other end must not be left waiting, and a checksum may be at the end. */
  private static void drain(InputStream in) throws IOException {
    byte[] ignored = new byte[BUFFER];
    long left = TRAILER_MAX;
    int n = in.read(ignored);
    while (n >= 0) {
      left -= n;
      if (left < 0) {
        throw new InvalidArgumentException(
            "import: more than %d bytes follow the end of the archive".formatted(TRAILER_MAX));
      }
      n = in.read(ignored);
    }
  }

  private Descriptor index() throws IOException {
    if (layout != null) {
      OciLayout.require(layout);
      Descriptor index = files.find(INDEX);
      if (index == null) {
        throw new InvalidArgumentException("import: the oci layout lacks index.json");
      }
      return Descriptor.of(MediaTypes.OCI_INDEX, index.digest(), index.size());
    }
    if (dockerManifests != null) {
      return new DockerArchive(files, blobs, compress).index(dockerManifests);
    }
    if (repositories) {
      throw new InvalidArgumentException(
          "import: unrecognized image format: a docker archive without manifest.json; load it with"
              + " docker and save it again");
    }
    throw new InvalidArgumentException(
        "import: unrecognized image format: neither oci-layout nor manifest.json is in the"
            + " archive");
  }
}
