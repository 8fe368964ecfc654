// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.cli.command.Json;
import gantry.client.BlobWriter;
import gantry.client.ContentClient;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.compression.Compression;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image archive, read once from front to end: every file goes into the content store, the small
 * documents that tell what is what are kept. OCI image layout and {@code docker save}, compressed
 * or not.
 */
final class Archive {
  /** Longest document that is kept in memory, bytes. */
  private static final int DOCUMENT_MAX = 8 << 20;

  private static final int CHUNK = 1 << 20;

  private final ContentClient content;
  private final Map<String, Descriptor> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final Map<String, JsonNode> documents = new HashMap<>();

  private Archive(ContentClient content) {
    this.content = content;
  }

  /**
   * Stores the files of an archive.
   *
   * @param content under a lease, because nothing refers to the files yet
   */
  static Archive store(InputStream in, ContentClient content) throws IOException {
    Archive archive = new Archive(content);
    TarReader tar = new TarReader(Compression.unpack(in));
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      archive.take(entry, tar);
    }
    return archive;
  }

  /** One of {@code oci-layout}, {@code index.json}, {@code manifest.json}, if it is there. */
  @Nullable JsonNode document(String name) {
    return documents.get(name);
  }

  /**
   * The stored file of a name in the archive, links followed; its media type is {@code
   * application/octet-stream}.
   *
   * @throws InvalidArgumentException if the archive lacks it
   */
  Descriptor file(String name) {
    String at = name;
    for (int hops = 0; hops < 10; hops++) {
      Descriptor file = files.get(at);
      if (file != null) {
        return file;
      }
      String target = links.get(at);
      if (target == null) {
        break;
      }
      at = target;
    }
    throw new InvalidArgumentException(
        "import: the archive refers to \"%s\" but does not contain it".formatted(name));
  }

  private void take(TarEntry entry, TarReader tar) throws IOException {
    String name = Path.of("/", entry.name()).normalize().toString().substring(1);
    switch (entry.type()) {
      case REGULAR -> takeFile(name, entry, tar);
      case SYMLINK -> {
        Path parent = Path.of("/", name).getParent();
        links.put(
            name,
            Path.of("/")
                .resolve(parent)
                .resolve(entry.linkName())
                .normalize()
                .toString()
                .substring(1));
      }
      case HARD_LINK ->
          links.put(name, Path.of("/", entry.linkName()).normalize().toString().substring(1));
      default -> {}
    }
  }

  private void takeFile(String name, TarEntry entry, TarReader tar) throws IOException {
    switch (name) {
      case "oci-layout", "index.json", "manifest.json" ->
          documents.put(name, Json.parse(name, tar.bytes(DOCUMENT_MAX)));
      case "repositories" -> {}
      default -> files.put(name, store(name, entry.size(), tar));
    }
  }

  private Descriptor store(String name, long size, TarReader tar) throws IOException {
    Digest expected = blobDigest(name);
    String ref = "import-" + (expected == null ? name : expected);
    Digest digest;
    try (BlobWriter writer = content.writer(new IngestRequest(ref, size, expected))) {
      if (writer.status().offset() == size && expected != null && size > 0) {
        // the daemon shares it from another namespace
        digest = writer.commit(size, expected, Labels.none());
      } else {
        if (writer.status().offset() > 0) {
          writer.truncate(0);
        }
        digest = write(tar, writer, size, expected);
      }
    } catch (AlreadyExistsException present) {
      if (expected == null) {
        throw present;
      }
      digest = expected;
    }
    return Descriptor.of("application/octet-stream", digest, size);
  }

  private static Digest write(
      TarReader tar, BlobWriter writer, long size, @Nullable Digest expected) throws IOException {
    Chunks chunks = new Chunks(writer);
    tar.content(chunks);
    chunks.flush();
    Digest digest = expected == null ? writer.digest() : expected;
    try {
      return writer.commit(size, digest, Labels.none());
    } catch (AlreadyExistsException present) {
      return digest;
    }
  }

  private static @Nullable Digest blobDigest(String name) {
    String[] parts = name.split("/", -1);
    return parts.length == 3 && parts[0].equals("blobs") ? new Digest(parts[1], parts[2]) : null;
  }

  /** Gathers the small pieces of a tar reader into messages of a good size. */
  private static final class Chunks implements TarReader.ContentSink {
    private final BlobWriter writer;
    private final byte[] chunk = new byte[CHUNK];
    private int filled;

    Chunks(BlobWriter writer) {
      this.writer = writer;
    }

    @Override
    public void data(byte[] bytes, int offset, int length) {
      int done = 0;
      while (done < length) {
        int count = Math.min(length - done, CHUNK - filled);
        System.arraycopy(bytes, offset + done, chunk, filled, count);
        filled += count;
        done += count;
        if (filled == CHUNK) {
          flush();
        }
      }
    }

    @Override
    public void hole(long length) {
      byte[] zeros = new byte[(int) Math.min(length, CHUNK)];
      for (long left = length; left > 0; left -= zeros.length) {
        data(zeros, 0, (int) Math.min(left, zeros.length));
      }
    }

    void flush() {
      if (filled > 0) {
        writer.write(ByteBuffer.wrap(chunk, 0, filled));
        filled = 0;
      }
    }
  }
}
