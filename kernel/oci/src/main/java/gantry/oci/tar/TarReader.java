// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.FileNames;
import gantry.oci.compression.MalformedStreamException;
import gantry.oci.tar.Header.Format;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive entry by entry: ustar, PAX, GNU with long names, star, all sparse formats of GNU
 * tar. Extended attributes come from {@code SCHILY.xattr} records, bytes as they are. The stream is
 * read forward only and never past the end-of-archive mark. Not for concurrent use.
 */
public final class TarReader {
  /** Longest long name or extended header that is taken, in bytes. */
  private static final int SPECIAL_MAX = 1 << 20;

  private final TarInput in;
  private final ContentSink ignore = new Ignore();
  private PaxRecords pax = PaxRecords.NONE;
  private @Nullable String longName;
  private @Nullable String longLink;
  private SparseMap map = SparseMap.dense(0);
  private boolean ended;

  /** Reads from a stream; it should be cheap to read small pieces from. */
  public TarReader(InputStream in) {
    this.in = new TarInput(in);
  }

  /** Takes the content of an entry. */
  public interface ContentSink {
    /** Some bytes of data. */
    void data(byte[] bytes, int offset, int length) throws IOException;

    /** Some zero bytes that the archive does not store. */
    void hole(long length) throws IOException;
  }

  /**
   * The next entry, or null at the end. What was not read of the entry before is skipped.
   *
   * @throws MalformedStreamException if the archive is damaged or ends too early
   */
  public @Nullable TarEntry next() throws IOException {
    if (ended) {
      return null;
    }
    content(ignore);
    forget();
    while (true) {
      Header header = in.header();
      if (header == null) {
        ended = true;
        requireNothingPending();
        return null;
      }
      TarEntry entry = entryOf(header);
      if (entry != null) {
        return entry;
      }
    }
  }

  /** Reads the content of the current entry. */
  public void content(ContentSink sink) throws IOException {
    long at = 0;
    for (SparseMap.Chunk chunk : map.chunks()) {
      if (chunk.offset() > at) {
        sink.hole(chunk.offset() - at);
      }
      in.copy(chunk.length(), sink);
      at = chunk.offset() + chunk.length();
    }
    if (map.size() > at) {
      sink.hole(map.size() - at);
    }
    map = SparseMap.dense(0);
    in.skipPadding();
  }

  /** The content of the current entry as bytes; refused if it is longer than {@code limit}. */
  public byte[] bytes(int limit) throws IOException {
    if (map.size() > limit) {
      throw new MalformedStreamException(
          "read tar: entry has %d bytes, at most %d are taken".formatted(map.size(), limit));
    }
    Collect collect = new Collect((int) map.size());
    content(collect);
    return collect.bytes;
  }

  private @Nullable TarEntry entryOf(Header header) throws IOException {
    switch (header.flag()) {
      case 'x' -> pax = PaxRecords.parse(in.special(header, SPECIAL_MAX));
      case 'L' -> longName = text(in.special(header, SPECIAL_MAX));
      case 'K' -> longLink = text(in.special(header, SPECIAL_MAX));
      case 'g' -> {
        PaxRecords.parse(in.special(header, SPECIAL_MAX));
        return TarEntry.of(EntryType.GLOBAL_HEADER, header.name(), 0, 0, Instant.EPOCH);
      }
      default -> {
        return file(header);
      }
    }
    return null;
  }

  private TarEntry file(Header header) throws IOException {
    String name = name(header);
    EntryType type = type(header, name);
    Long paxSize = pax.number("size");
    long stored = paxSize != null ? paxSize : header.size();
    if (type != EntryType.REGULAR) {
      stored = 0;
    }
    if (stored < 0) {
      throw header.malformed("negative size");
    }
    in.beginContent(stored);
    map = sparseMap(header, stored);
    Instant modified = pax.time("mtime");
    String link =
        Objects.requireNonNullElse(
            pax.text("linkpath"), longLink != null ? longLink : header.linkName());
    return new TarEntry(
        type,
        name,
        (int) (header.mode() & 07777),
        owner(pax.number("uid"), header.uid()),
        owner(pax.number("gid"), header.gid()),
        map.size(),
        modified != null ? modified : TarTimes.clamp(header.modified(), 0),
        pax.time("atime"),
        type == EntryType.HARD_LINK || type == EntryType.SYMLINK ? link : "",
        header.nodeMajor(),
        header.nodeMinor(),
        pax.xattrs());
  }

  private String name(Header header) throws IOException {
    String path = pax.text("GNU.sparse.name");
    if (path == null) {
      path = pax.text("path");
    }
    if (path == null) {
      path = longName;
    }
    if (path == null) {
      path = header.name();
    }
    if (path.length() > 4096) {
      throw header.malformed("name is longer than 4096");
    }
    return path;
  }

  private static EntryType type(Header header, String name) throws IOException {
    return switch (header.flag()) {
      case '0', '7', 'S' -> EntryType.REGULAR;
      case 0 -> name.endsWith("/") ? EntryType.DIRECTORY : EntryType.REGULAR;
      case '1' -> EntryType.HARD_LINK;
      case '2' -> EntryType.SYMLINK;
      case '3' -> EntryType.CHARACTER;
      case '4' -> EntryType.BLOCK;
      case '5' -> EntryType.DIRECTORY;
      case '6' -> EntryType.FIFO;
      default -> throw header.malformed("unknown type " + (int) header.flag());
    };
  }

  private static long owner(@Nullable Long fromPax, long fromHeader) {
    return fromPax != null ? fromPax : fromHeader;
  }

  private SparseMap sparseMap(Header header, long stored) throws IOException {
    if (header.flag() == 'S') {
      if (header.format() != Format.GNU) {
        throw SparseMap.malformed();
      }
      return oldSparse(header, stored);
    }
    String major = pax.text("GNU.sparse.major");
    if (major != null && !major.equals("0")) {
      return newSparse(stored);
    }
    Long size = pax.number("GNU.sparse.size");
    if (size == null) {
      return SparseMap.dense(stored);
    }
    String list = pax.text("GNU.sparse.map");
    List<String> numbers = list != null ? List.of(list.split(",", -1)) : pax.sparse();
    return SparseMap.of(SparseMap.numbers(numbers), size, stored);
  }

  /** Format 1.0: the map stands before the data, a decimal number a line, filled up to 512. */
  private SparseMap newSparse(long stored) throws IOException {
    Long size = pax.number("GNU.sparse.realsize");
    if (size == null || !"1".equals(pax.text("GNU.sparse.major"))) {
      throw SparseMap.malformed();
    }
    long count = SparseMap.number(in.line());
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < 2 * count && i <= 2 * SparseMap.CHUNKS_MAX; i++) {
      numbers.add(SparseMap.number(in.line()));
    }
    return SparseMap.of(numbers, size, stored - in.endLines());
  }

  /** The old GNU format: four pairs in the header, 21 in each block that follows it. */
  private SparseMap oldSparse(Header header, long stored) throws IOException {
    List<Long> numbers = new ArrayList<>();
    long size = header.number(483, 12, "size");
    header.sparsePairs(386, 4, numbers);
    boolean more = header.isSet(482);
    while (more && numbers.size() <= 2 * SparseMap.CHUNKS_MAX) {
      Header extension = in.extension();
      extension.sparsePairs(0, 21, numbers);
      more = extension.isSet(504);
    }
    return SparseMap.of(numbers, size, stored);
  }

  /** An extended header that nothing follows: the rest of the archive is lost. */
  private void requireNothingPending() throws IOException {
    if (!pax.isEmpty() || longName != null || longLink != null) {
      throw in.unexpectedEnd();
    }
  }

  private void forget() {
    pax = PaxRecords.NONE;
    longName = null;
    longLink = null;
  }

  private static String text(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    return FileNames.decode(data, 0, end);
  }

  private static final class Ignore implements ContentSink {
    @Override
    public void data(byte[] bytes, int offset, int length) {}

    @Override
    public void hole(long length) {}
  }

  private static final class Collect implements ContentSink {
    private final byte[] bytes;
    private int at;

    Collect(int size) {
      bytes = new byte[size];
    }

    @Override
    public void data(byte[] from, int offset, int length) {
      System.arraycopy(from, offset, bytes, at, length);
      at += length;
    }

    @Override
    public void hole(long length) {
      at += (int) length;
    }
  }
}
