// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import gantry.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A layer's uncompressed bytes. Unpacking and hashing run on two threads of their own beside the
 * reader's, in blocks passed through bounded queues, so that a layer takes as long as the slowest
 * of the three and not as their sum. To be read by one thread.
 */
public final class UncompressedStream extends InputStream {
  private static final int BLOCK = 256 * 1024;
  private static final int BLOCKS = 8;
  private static final long PATIENCE_MILLIS = 200;
  private static final long GRACE_NANOS = 500_000_000L;
  private static final long JOIN_NANOS = 60_000_000_000L;

  private final InputStream source;
  private final Opening opening;
  private final BlockingQueue<Block> toReader = new ArrayBlockingQueue<>(BLOCKS);
  private final BlockingQueue<Block> toHasher = new ArrayBlockingQueue<>(BLOCKS);
  private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(3 * BLOCKS);
  private final MessageDigest hash = Digest.hasher("sha256");
  private final Thread unpacker;
  private final Thread hasher;
  private volatile boolean closed;
  private @Nullable Block current;
  private int position;
  private long size;

  /** Some bytes, an error, or with neither the end. */
  private static final class Block {
    private final byte[] bytes;
    private final int length;
    private final @Nullable IOException failure;

    /** The reader and the hasher; then the bytes are free. */
    private final AtomicInteger users = new AtomicInteger(2);

    Block(byte[] bytes, int length, @Nullable IOException failure) {
      this.bytes = bytes;
      this.length = length;
      this.failure = failure;
    }

    boolean isLast() {
      return length <= 0;
    }
  }

  private interface Opening {
    InputStream open(InputStream source) throws IOException;
  }

  private UncompressedStream(InputStream source, Opening opening) {
    this.source = source;
    this.opening = opening;
    this.unpacker = new Thread(this::unpack, "layer-unpack");
    this.hasher = new Thread(this::hash, "layer-hash");
  }

  /**
   * Begins to unpack a stream, whatever it is compressed with; returns at once, also if nothing has
   * arrived yet. Closing the result closes {@code compressed}, from another thread than the one
   * that reads it if that does not end by an interrupt.
   */
  public static UncompressedStream open(InputStream compressed) {
    return start(new UncompressedStream(compressed, Compression::unpack));
  }

  /** Begins to read a stream that is not compressed, whatever it begins with. */
  public static UncompressedStream openPlain(InputStream plain) {
    return start(new UncompressedStream(plain, source -> source));
  }

  private static UncompressedStream start(UncompressedStream stream) {
    stream.unpacker.setDaemon(true);
    stream.hasher.setDaemon(true);
    stream.unpacker.start();
    stream.hasher.start();
    return stream;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    Block block = block();
    if (block.failure != null) {
      throw block.failure;
    }
    if (block.isLast()) {
      return -1;
    }
    int n = Math.min(length, block.length - position);
    System.arraycopy(block.bytes, position, bytes, offset, n);
    position += n;
    size += n;
    if (position == block.length) {
      release(block);
      current = null;
    }
    return n;
  }

  /** Reads what is left, and returns how many bytes the whole stream had. */
  public long drain() throws IOException {
    byte[] ignored = new byte[BLOCK];
    int n = 0;
    while (n >= 0) {
      n = read(ignored, 0, ignored.length);
    }
    return size;
  }

  /** The sha256 digest of the whole stream, once it has been read to its end. */
  public Digest digest() throws IOException {
    if (current == null || !current.isLast()) {
      throw new IllegalStateException("the stream has not been read to its end");
    }
    join(hasher);
    return Digest.of("sha256", hash.digest());
  }

  /** Ends both threads, and closes the stream below. Idempotent. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (!ends(unpacker, GRACE_NANOS)) {
      // it waits for bytes that do not come
      unpacker.interrupt();
    }
    if (!ends(unpacker, GRACE_NANOS)) {
      source.close();
    }
    join(unpacker);
    join(hasher);
    source.close();
  }

  private Block block() throws IOException {
    Block block = current;
    if (block == null) {
      block = await();
      current = block;
      position = 0;
    }
    return block;
  }

  private Block await() throws IOException {
    while (true) {
      boolean over = closed || !unpacker.isAlive();
      Block block = poll(toReader);
      if (block != null) {
        return block;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("read layer: interrupted");
      }
      if (over) {
        throw new IOException("read layer: the stream is closed");
      }
    }
  }

  /** Whoever unpacks also frees what that takes: no one else knows when it is not in use. */
  private void unpack() {
    try (InputStream unpacked = opening.open(unclosed(source))) {
      boolean more = true;
      while (more && !closed) {
        more = pass(nextBlock(unpacked));
      }
    } catch (IOException e) {
      pass(new Block(new byte[0], 0, e));
    } catch (RuntimeException e) {
      pass(new Block(new byte[0], 0, new IOException(e.getMessage(), e)));
    }
  }

  /** The source is closed by the reader's thread, once. */
  private static InputStream unclosed(InputStream source) {
    return new FilterInputStream(source) {
      @Override
      public void close() {}
    };
  }

  /** Returns whether more is to follow. */
  private boolean pass(Block block) {
    offer(toHasher, block);
    offer(toReader, block);
    return !block.isLast();
  }

  private Block nextBlock(InputStream unpacked) throws IOException {
    byte[] bytes = spare.poll();
    if (bytes == null) {
      bytes = new byte[BLOCK];
    }
    return new Block(bytes, unpacked.readNBytes(bytes, 0, bytes.length), null);
  }

  private void hash() {
    while (!closed) {
      Block block = poll(toHasher);
      if (block != null && block.isLast()) {
        return;
      }
      if (block != null) {
        hash.update(block.bytes, 0, block.length);
        release(block);
      }
    }
  }

  private void release(Block block) {
    if (block.users.decrementAndGet() == 0) {
      boolean _ = spare.offer(block.bytes);
    }
  }

  private void offer(BlockingQueue<Block> queue, Block block) {
    try {
      boolean taken = false;
      while (!taken && !closed) {
        taken = queue.offer(block, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private static @Nullable Block poll(BlockingQueue<Block> queue) {
    try {
      return queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /**
   * Waits also when interrupted: both threads end by themselves, and what they use must outlive
   * them.
   */
  private static void join(Thread thread) throws IOException {
    if (!ends(thread, JOIN_NANOS)) {
      throw new IOException("read layer: %s does not end".formatted(thread.getName()));
    }
  }

  private static boolean ends(Thread thread, long nanos) {
    long deadline = System.nanoTime() + nanos;
    boolean interrupted = false;
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        thread.join(PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
