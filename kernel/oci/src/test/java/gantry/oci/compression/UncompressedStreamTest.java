// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UncompressedStreamTest {
  private final byte[] content = content(3_000_001);

  @ParameterizedTest
  @EnumSource(Compression.class)
  void stream_givesContentDigestAndSize(Compression compression) throws IOException {
    byte[] packed = pack(compression, content);

    try (UncompressedStream stream = UncompressedStream.open(new ByteArrayInputStream(packed))) {
      assertThat(stream.readNBytes(1_000_000)).isEqualTo(first(1_000_000));
      assertThat(stream.drain()).isEqualTo(content.length);
      assertThat(stream.digest()).isEqualTo(Digest.sha256(content));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void stream_ofSeveralMembers_isReadToTheLast(Compression compression) throws IOException {
    byte[] one = pack(compression, content);
    byte[] empty = pack(compression, new byte[0]);

    byte[] unpacked = unpack(concat(one, empty, one));

    assertThat(unpacked).isEqualTo(concat(content, content));
  }

  @Test
  void zstd_mayBeginWithFrameToSkip() throws IOException {
    byte[] skippable = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};

    assertThat(unpack(concat(skippable, pack(Compression.ZSTD, content)))).isEqualTo(content);
  }

  @Test
  void gzip_withEveryHeaderField_isRead() throws IOException {
    byte[] packed = pack(Compression.GZIP, content);
    byte[] header = {0x1f, (byte) 0x8b, 8, 31, 0, 0, 0, 0, 0, 0, 2, 0, 9, 9, 'n', 0, 'c', 0, 7, 7};

    byte[] body = new byte[packed.length - 10];
    System.arraycopy(packed, 10, body, 0, body.length);

    assertThat(unpack(concat(header, body))).isEqualTo(content);
  }

  @Test
  void gzip_withSomethingBehind_isRefused() throws IOException {
    byte[] packed = concat(pack(Compression.GZIP, content), new byte[] {1});

    assertThatThrownBy(() -> unpack(packed))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("invalid header");
  }

  @Test
  void gzip_cutAtEveryByteOfItsEnds_isRefused() throws IOException {
    byte[] packed = pack(Compression.GZIP, first(1000));

    for (int length = 4; length < packed.length; length++) {
      byte[] cut = new byte[length];
      System.arraycopy(packed, 0, cut, 0, length);
      assertThatThrownBy(() -> unpack(cut))
          .as("cut at %d", length)
          .isInstanceOf(MalformedStreamException.class)
          .hasMessageContaining("unexpected EOF");
    }
  }

  @Test
  void short_orEmptyStream_isPlain() throws IOException {
    assertThat(unpack(new byte[0])).isEmpty();
    assertThat(unpack(new byte[] {0x1f})).containsExactly(0x1f);
  }

  @Test
  void trouble_ofTheStreamBelow_isPassedOn() throws IOException {
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(content)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            if (in.available() < 1_000_000) {
              throw new IOException("disk is on fire");
            }
            return super.read(bytes, offset, length);
          }
        };

    try (UncompressedStream stream = UncompressedStream.open(broken)) {
      assertThatThrownBy(stream::drain).hasMessage("disk is on fire");
    }
  }

  @Test
  void close_beforeTheEnd_endsTheThreadsThenTheStreamBelow() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    CountDownLatch read = new CountDownLatch(1);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            assertThat(closed).as("not read after it was closed").isFalse();
            read.countDown();
            return length;
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };

    UncompressedStream stream = UncompressedStream.openPlain(endless);
    read.await();
    Thread.currentThread().interrupt();
    stream.close();

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    assertThat(closed).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("layer-"));
    stream.close();
  }

  @Test
  void close_whileNothingArrives_endsTheWait() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    InputStream stalled =
        new InputStream() {
          @Override
          public int read() throws IOException {
            reading.countDown();
            boolean interrupted = false;
            while (released.getCount() > 0) {
              try {
                released.await();
              } catch (InterruptedException e) {
                interrupted = true;
              }
            }
            throw new IOException("closed, interrupted before: " + interrupted);
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }

          @Override
          public void close() {
            released.countDown();
          }
        };

    try (UncompressedStream stream = UncompressedStream.open(stalled)) {
      reading.await();
      Thread reader = Thread.currentThread();
      reader.interrupt();
      assertThatThrownBy(stream::read).hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("layer-"));
  }

  private static byte[] unpack(byte[] packed) throws IOException {
    try (UncompressedStream stream = UncompressedStream.open(new ByteArrayInputStream(packed))) {
      return stream.readAllBytes();
    }
  }

  private static byte[] pack(Compression compression, byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = compression.pack(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private byte[] first(int length) {
    byte[] bytes = new byte[length];
    System.arraycopy(content, 0, bytes, 0, length);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Half noise, half text that compresses. */
  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    for (int i = length / 2; i < length; i++) {
      bytes[i] = (byte) (i % 50);
    }
    return bytes;
  }
}
