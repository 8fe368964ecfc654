// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Content for tests: made, written and read. */
public final class Blobs {
  private Blobs() {}

  /** Bytes that are the same for the same seed and differ for different ones. */
  public static byte[] random(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** The bytes from one index to before another. */
  public static byte[] range(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** Writes and commits a blob. */
  public static Digest put(ContentStore store, String ref, byte[] content) throws IOException {
    return put(store, ref, content, Labels.none());
  }

  /** Writes and commits a blob with labels. */
  public static Digest put(ContentStore store, String ref, byte[] content, Labels labels)
      throws IOException {
    try (ContentWriter writer = store.writer(new IngestRequest(ref, content.length, null))) {
      writer.write(ByteBuffer.wrap(content));
      return writer.commit(content.length, Digest.sha256(content), labels);
    }
  }

  /** Writes without committing. */
  public static void begin(ContentStore store, String ref, byte[] content) throws IOException {
    try (ContentWriter writer = store.writer(new IngestRequest(ref, 0, null))) {
      writer.write(ByteBuffer.wrap(content));
    }
  }

  /** Reads a whole blob. */
  public static byte[] get(ContentStore store, Digest digest) throws IOException {
    try (ContentReader reader = store.reader(digest)) {
      return read(reader, 64 * 1024);
    }
  }

  /** Reads a whole blob in pieces of at most that many bytes. */
  public static byte[] read(ContentReader reader, int piece) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(piece);
    while (true) {
      int count = reader.read(buffer.clear(), all.size());
      if (count < 0) {
        return all.toByteArray();
      }
      all.write(buffer.array(), 0, count);
    }
  }
}
