// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.oci.compression.MalformedStreamException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the data of a file with holes belongs.
 *
 * @param size of the file with its holes, bytes
 * @param chunks in order, without overlap
 */
record SparseMap(long size, List<Chunk> chunks) {
  static final int CHUNKS_MAX = 1 << 20;

  record Chunk(long offset, long length) {}

  /** The map of a file without holes. */
  static SparseMap dense(long size) {
    return new SparseMap(size, size == 0 ? List.of() : List.of(new Chunk(0, size)));
  }

  /**
   * Takes pairs of offset and length.
   *
   * @param stored bytes of data there are
   */
  static SparseMap of(List<Long> numbers, long size, long stored) throws MalformedStreamException {
    if (size < 0 || numbers.size() % 2 != 0 || numbers.size() > 2 * CHUNKS_MAX) {
      throw malformed();
    }
    List<Chunk> chunks = new ArrayList<>();
    long end = 0;
    long data = 0;
    for (int i = 0; i < numbers.size(); i += 2) {
      Chunk chunk = new Chunk(numbers.get(i), numbers.get(i + 1));
      boolean sane =
          chunk.offset >= end && chunk.length >= 0 && chunk.offset <= size - chunk.length;
      if (!sane) {
        throw malformed();
      }
      end = chunk.offset + chunk.length;
      data += chunk.length;
      if (chunk.length > 0) {
        chunks.add(chunk);
      }
    }
    if (data != stored) {
      throw malformed();
    }
    return new SparseMap(size, chunks);
  }

  /** Parses decimal numbers, as PAX records and the map of format 1.0 hold them. */
  static List<Long> numbers(List<String> texts) throws MalformedStreamException {
    List<Long> numbers = new ArrayList<>();
    for (String text : texts) {
      numbers.add(number(text));
    }
    return numbers;
  }

  static long number(String text) throws MalformedStreamException {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed();
    }
    return Long.parseLong(text);
  }

  static MalformedStreamException malformed() {
    return new MalformedStreamException("read tar: invalid map of a sparse file");
  }
}
