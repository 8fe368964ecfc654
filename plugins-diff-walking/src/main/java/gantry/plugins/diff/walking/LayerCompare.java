// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.content.BlobInfo;
import gantry.content.ContentWriter;
import gantry.diff.DiffOptions;
import gantry.errors.AlreadyExistsException;
import gantry.filters.FieldPaths;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.TempMount;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;
import gantry.oci.tar.LayerWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;

/** Makes a layer from two sets of mounts. */
final class LayerCompare {
  private final Path mountPoints;

  LayerCompare(Path mountPoints) {
    this.mountPoints = mountPoints;
  }

  Descriptor compare(Contents content, List<Mount> lower, List<Mount> upper, DiffOptions options)
      throws IOException {
    String mediaType =
        options.mediaType().isEmpty() ? MediaTypes.OCI_LAYER_GZIP : options.mediaType();
    Compression compression = LayerTypes.compression(mediaType);
    try (TempMount before = TempMount.of(OverlayDirectories.readOnly(lower), mountPoints);
        TempMount after = TempMount.of(OverlayDirectories.readOnly(upper), mountPoints)) {
      LayerWriter.Trees trees =
          new LayerWriter.Trees(
              before.path(), after.path(), OverlayDirectories.changes(lower, upper));
      Digest digest = write(content, trees, compression, options);
      return Descriptor.of(
          mediaType, digest, content.<BlobInfo>call(store -> store.info(digest)).size());
    }
  }

  /**
   * An ingest of a name we chose is of no use to anybody when it fails; one of the client's stays.
   */
  private static Digest write(
      Contents content, LayerWriter.Trees trees, Compression compression, DiffOptions options)
      throws IOException {
    boolean ours = options.ref().isEmpty();
    String ref = ours ? "diff-" + UUID.randomUUID() : options.ref();
    try (ContentWriter writer = content.writer(ref)) {
      if (writer.status().offset() > 0) {
        writer.truncate(0);
      }
      Digest uncompressed = pack(trees, compression, options, new ContentOutput(writer));
      Labels labels =
          compression == Compression.NONE
              ? options.labels()
              : options.labels().with(WellKnown.UNCOMPRESSED, uncompressed.toString());
      return commit(content, writer, labels);
    } catch (IOException | RuntimeException e) {
      if (ours) {
        abort(content, ref, e);
      }
      throw e;
    }
  }

  private static Digest pack(
      LayerWriter.Trees trees, Compression compression, DiffOptions options, OutputStream out)
      throws IOException {
    MessageDigest hash = Digest.hasher("sha256");
    try (OutputStream packed = compression.pack(out);
        OutputStream hashed = new DigestOutputStream(packed, hash)) {
      LayerWriter.write(trees, options.sourceDateEpoch(), hashed);
    }
    return Digest.of("sha256", hash.digest());
  }

  private static Digest commit(Contents content, ContentWriter writer, Labels labels)
      throws IOException {
    Digest digest = writer.digest();
    try {
      writer.commit(0, digest, labels);
    } catch (AlreadyExistsException e) {
      addUncompressed(content, digest, labels);
    }
    return digest;
  }

  /** The blob was there before: what this run found out of it is added. */
  private static void addUncompressed(Contents content, Digest digest, Labels labels)
      throws IOException {
    BlobInfo info = content.call(store -> store.info(digest));
    String key = WellKnown.UNCOMPRESSED;
    if (info.labels().find(key).isEmpty() && labels.find(key).isPresent()) {
      Labels added = info.labels().with(key, labels.find(key).orElseThrow());
      BlobInfo change =
          new BlobInfo(digest, info.size(), info.createdAt(), info.updatedAt(), added);
      content.call(store -> store.update(change, FieldPaths.of("labels." + key)));
    }
  }

  private static void abort(Contents content, String ref, Exception cause) {
    try {
      content.call(
          store -> {
            store.abort(ref);
            return true;
          });
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
