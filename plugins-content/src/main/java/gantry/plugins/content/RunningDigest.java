// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** The hash and the count of bytes on their way to a file. Not for concurrent use. */
final class RunningDigest {
  /** Small enough that the second look at the bytes finds them in the processor's cache. */
  private static final int CHUNK = 128 * 1024;

  private final String algorithm;
  private final MessageDigest hash;
  private long size;

  RunningDigest(String algorithm) {
    this.algorithm = algorithm;
    this.hash = Digest.hasher(algorithm);
  }

  String algorithm() {
    return algorithm;
  }

  /** How many bytes it has seen. */
  long size() {
    return size;
  }

  /** The digest so far; more may be added afterwards. */
  Digest digest() {
    try {
      return Digest.of(algorithm, ((MessageDigest) hash.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the Java runtime cannot copy the state of a hash", e);
    }
  }

  /** Writes all remaining bytes to a channel and adds those it took. */
  void write(ByteBuffer bytes, FileChannel channel) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      int start = bytes.position();
      bytes.limit(Math.min(end, start + CHUNK));
      channel.write(bytes);
      add(bytes.duplicate().limit(bytes.position()).position(start));
      bytes.limit(end);
    }
  }

  /** Adds what a channel has from its position on. */
  void addAll(FileChannel channel) throws IOException {
    if (channel.position() == channel.size()) {
      return; // as for every new ingest: the buffer would wait for the garbage collector
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    while (channel.read(buffer.clear()) >= 0) {
      add(buffer.flip());
    }
  }

  private void add(ByteBuffer bytes) {
    size += bytes.remaining();
    hash.update(bytes);
  }
}
