// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.client.BlobWriter;
import gantry.client.ContentClient;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.DataLossException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.registry.RemoteBlob;
import gantry.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One blob on its way from a registry. */
final class Download {
  /** For a blob of which nobody said how long it is, bytes. */
  static final long UNKNOWN_SIZE = 0;

  private static final int CHUNK = 1 << 20;

  private Download() {}

  /**
   * Prints a blob as it arrives.
   *
   * @throws DataLossException at its end if it was not what its digest says
   */
  static void print(Repository from, Descriptor blob, List<String> urls, OutputStream out)
      throws IOException {
    MessageDigest hash = hash(blob.digest());
    try (RemoteBlob remote = from.fetch(blob, urls, 0)) {
      remote.body().transferTo(new DigestOutputStream(out, hash));
    }
    Digest received =
        new Digest(blob.digest().algorithm(), HexFormat.of().formatHex(hash.digest()));
    if (!received.equals(blob.digest())) {
      throw new DataLossException(
          "fetch %s of %s: what came is %s; do not use it"
              .formatted(blob.digest(), from.reference(), received));
    }
  }

  /**
   * Stores a blob, going on where an earlier try ended.
   *
   * @return whether it was not there yet
   */
  static boolean store(
      Repository from, Descriptor blob, List<String> urls, ContentClient content, Labels labels)
      throws IOException {
    IngestRequest request = new IngestRequest(ref(blob), blob.size(), blob.digest());
    try (BlobWriter writer = content.writer(request)) {
      long offset = writer.status().offset();
      if (offset < blob.size()) {
        try (RemoteBlob remote = from.fetch(blob, urls, offset)) {
          copy(remote.body(), writer);
        }
      }
      writer.commit(blob.size(), blob.digest(), labels);
      return true;
    } catch (AlreadyExistsException present) {
      content.label(blob.digest(), labels.map());
      return false;
    }
  }

  /** The name of its ingest, which other clients share. */
  private static String ref(Descriptor blob) {
    String type = blob.mediaType();
    if (MediaTypes.isIndex(type)) {
      return "index-" + blob.digest();
    } else if (MediaTypes.isManifest(type)) {
      return "manifest-" + blob.digest();
    } else if (MediaTypes.isConfig(type)) {
      return "config-" + blob.digest();
    }
    return (MediaTypes.isLayer(type) ? "layer-" : "unknown-") + blob.digest();
  }

  private static void copy(InputStream in, BlobWriter writer) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int read = in.readNBytes(chunk, 0, CHUNK);
        read > 0;
        read = in.readNBytes(chunk, 0, CHUNK)) {
      writer.write(ByteBuffer.wrap(chunk, 0, read));
    }
  }

  private static MessageDigest hash(Digest digest) {
    try {
      String name = digest.algorithm().replace("sha", "SHA-");
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
