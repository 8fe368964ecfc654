// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Manifest;
import gantry.plugins.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What blobs of a raw store are, by what is in them. For one thread. */
final class Documents {
  private static final int MAX = 8 << 20;

  private final Handle<ContentStore> content;
  private final Map<Digest, Optional<Document>> known = new HashMap<>();

  Documents(Handle<ContentStore> content) {
    this.content = content;
  }

  /**
   * A manifest or an index.
   *
   * @param entries of an index, with annotations that may name images
   */
  record Document(Descriptor descriptor, List<Child> children, List<IndexEntry> entries) {}

  /** The manifest or index that a blob is, if it is one. */
  Optional<Document> find(Digest digest, long size) throws IOException {
    Optional<Document> found = known.get(digest);
    if (found == null) {
      byte[] json = read(digest, size);
      found = json.length == 0 ? Optional.empty() : parse(digest, size, json);
      known.put(digest, found);
    }
    return found;
  }

  /** The uncompressed layers of an image's configuration; none if it is not one. */
  List<Digest> diffIds(Digest digest, long size) throws IOException {
    byte[] json = read(digest, size);
    try {
      return json.length == 0 ? List.of() : ImageConfig.parse(json).diffIds();
    } catch (InvalidArgumentException e) {
      return List.of();
    }
  }

  private static Optional<Document> parse(Digest digest, long size, byte[] json) {
    try {
      Manifest manifest = Manifest.parse(json);
      String type = manifest.mediaType().isEmpty() ? MediaTypes.OCI_MANIFEST : manifest.mediaType();
      Descriptor descriptor = Descriptor.of(type, digest, size);
      return Optional.of(new Document(descriptor, Children.of(descriptor, json), List.of()));
    } catch (InvalidArgumentException e) {
      return parseIndex(digest, size, json);
    }
  }

  private static Optional<Document> parseIndex(Digest digest, long size, byte[] json) {
    try {
      Index index = Index.parse(json);
      String type = index.mediaType().isEmpty() ? MediaTypes.OCI_INDEX : index.mediaType();
      Descriptor descriptor = Descriptor.of(type, digest, size);
      return Optional.of(
          new Document(descriptor, Children.of(descriptor, json), index.manifests()));
    } catch (InvalidArgumentException e) {
      return Optional.empty();
    }
  }

  /** Empty for what is too big for a document, or does not begin as one. */
  private byte[] read(Digest digest, long size) throws IOException {
    if (size > MAX || size < 2) {
      return new byte[0];
    }
    return content.<byte[], IOException>call(
        store -> {
          try (ContentReader reader = store.reader(digest)) {
            ByteBuffer first = ByteBuffer.allocate(1);
            if (reader.read(first, 0) < 1 || first.get(0) != '{') {
              return new byte[0];
            }
            ByteBuffer all = ByteBuffer.allocate((int) size);
            while (all.hasRemaining() && reader.read(all, all.position()) > 0) {
              // until it is full or the blob ends
            }
            return all.array();
          }
        });
  }
}
