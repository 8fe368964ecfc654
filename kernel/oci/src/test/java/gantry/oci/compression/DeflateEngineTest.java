// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.linux.NativeInflater;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both engines give the same for every stream, sound or not. */
class DeflateEngineTest {
  enum Kind {
    JDK,
    LIBRARY;

    DeflateEngine engine() {
      if (this == JDK) {
        return new DeflateEngine.OfJdk();
      }
      var library = NativeInflater.open();
      assumeTrue(library.isPresent(), "the host has no libisal.so.2");
      return new DeflateEngine.OfLibrary(library.orElseThrow());
    }
  }

  private final byte[] content = content(700_003);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyLevelAndStrategy_isUnpacked(Kind kind) throws IOException {
    for (int level = 0; level <= 9; level++) {
      for (int strategy :
          new int[] {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY}) {
        byte[] packed = pack(content, level, strategy);
        assertThat(unpack(kind, packed, Integer.MAX_VALUE, 65536))
            .as("level %d strategy %d", level, strategy)
            .isEqualTo(content);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void membersInPiecesOfAnySize_areUnpacked(Kind kind) throws IOException {
    byte[] small = Arrays.copyOf(content, 5000);
    byte[] packed =
        concat(
            pack(small, 6, Deflater.DEFAULT_STRATEGY),
            pack(new byte[0], 9, Deflater.DEFAULT_STRATEGY),
            pack(small, 0, Deflater.DEFAULT_STRATEGY),
            pack(small, 1, Deflater.HUFFMAN_ONLY));

    for (int piece : new int[] {1, 2, 3, 7, 13, 100, 511, 4096}) {
      for (int room : new int[] {1, 5, 1000, 300_000}) {
        assertThat(unpack(kind, packed, piece, room))
            .as("pieces of %d into %d", piece, room)
            .isEqualTo(concat(small, small, small));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void cutAnywhere_isUnexpectedEnd(Kind kind) throws IOException {
    byte[] packed = pack(Arrays.copyOf(content, 3000), 6, Deflater.DEFAULT_STRATEGY);

    for (int length = 1; length < packed.length; length += length < 64 ? 1 : 37) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> unpack(kind, cut, Integer.MAX_VALUE, 4096))
          .as("cut at %d", length)
          .isInstanceOf(MalformedStreamException.class)
          .hasMessageContaining("unexpected EOF");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void flippedBit_neverPasses(Kind kind) throws IOException {
    byte[] packed = pack(Arrays.copyOf(content, 3000), 6, Deflater.DEFAULT_STRATEGY);
    Random random = new Random(7);

    for (int i = 0; i < 300; i++) {
      byte[] damaged = packed.clone();
      int at = 10 + random.nextInt(packed.length - 10);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> unpack(kind, damaged, Integer.MAX_VALUE, 4096))
          .as("damaged at %d", at)
          .isInstanceOf(MalformedStreamException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void bomb_takesNoMemory(Kind kind) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 256; i++) {
        out.write(zeros);
      }
    }
    InputStream in = new ByteArrayInputStream(packed.toByteArray());
    try (GzipInput gzip = new GzipInput(in, kind.engine())) {
      assertThat(gzip.transferTo(OutputStream.nullOutputStream())).isEqualTo(256L << 20);
    }
  }

  private static byte[] unpack(Kind kind, byte[] packed, int piece, int room) throws IOException {
    InputStream pieces =
        new FilterInputStream(new ByteArrayInputStream(packed)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(length, piece));
          }
        };
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (GzipInput gzip = new GzipInput(pieces, kind.engine())) {
      byte[] some = new byte[room];
      for (int n = gzip.read(some, 0, room); n >= 0; n = gzip.read(some, 0, room)) {
        all.write(some, 0, n);
      }
    }
    return all.toByteArray();
  }

  private static byte[] pack(byte[] bytes, int level, int strategy) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out =
        new GZIPOutputStream(packed) {
          {
            def.setLevel(level);
            def.setStrategy(strategy);
          }
        }) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Noise, text, runs. */
  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    Random random = new Random(1);
    random.nextBytes(bytes);
    for (int i = length / 3; i < length; i++) {
      bytes[i] = (byte) (i < 2 * length / 3 ? 'a' + random.nextInt(20) : i / 1000);
    }
    return bytes;
  }
}
