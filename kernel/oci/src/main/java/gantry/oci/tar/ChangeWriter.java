// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import gantry.linux.files.FileStat;
import gantry.linux.files.OpenFile;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes as entries of a layer. The directories on the way to a change are written before
 * it, once. Names of one file become hard links; unchanged ones too, if another name of the file is
 * in the layer.
 */
final class ChangeWriter {
  private static final int BLOCK = 256 * 1024;

  private final TarWriter tar;
  private final @Nullable Instant latest;
  private final byte[] block = new byte[BLOCK];

  /** Directories that were written. */
  private final Set<String> written = new HashSet<>();

  /** Directories on the way to here that may still have to be written. */
  private final Map<String, TarEntry> pending = new HashMap<>();

  /** Directories of unchanged names that may become links, with all above; they stay pending. */
  private final Set<String> needed = new HashSet<>();

  /** The name under which a file with several names was written. */
  private final Map<Inode, String> firstNames = new HashMap<>();

  /** Unchanged names of files that were not written so far. */
  private final Map<Inode, List<String>> otherNames = new HashMap<>();

  private record Inode(long device, long number) {}

  ChangeWriter(TarWriter tar, @Nullable Instant latest) {
    this.tar = tar;
    this.latest = latest;
  }

  /** A name is gone. */
  void deleted(Directory directory, String name) throws IOException {
    String parent = directory.path();
    writeParents(parent);
    String mark = relative(parent + "/" + Whiteouts.PREFIX + name);
    tar.entry(TarEntry.of(EntryType.REGULAR, mark, 0, 0, Instant.EPOCH));
  }

  /** A file is as it was. */
  void unmodified(Directory directory, String name, FileStat stat) throws IOException {
    String path = directory.path() + "/" + name;
    if (stat.isDirectory()) {
      pending.put(path, entry(directory, name, stat));
      return;
    }
    if (stat.links() < 2 || stat.type() == FileStat.SOCKET) {
      return;
    }
    Inode inode = new Inode(stat.device(), stat.inode());
    String first = firstNames.get(inode);
    if (first == null) {
      otherNames.computeIfAbsent(inode, i -> new ArrayList<>()).add(path);
      String above = directory.path();
      while (!above.isEmpty() && needed.add(above)) {
        above = parent(above);
      }
    } else {
      writeParents(directory.path());
      tar.entry(entry(directory, name, stat).linkedTo(relative(path), first));
    }
  }

  /** A file is new or differs. */
  void changed(Directory directory, String name, FileStat stat) throws IOException {
    if (stat.type() == FileStat.SOCKET) {
      return;
    }
    String path = directory.path() + "/" + name;
    TarEntry entry = entry(directory, name, stat);
    if (stat.isDirectory()) {
      pending.put(path, entry);
      writeParents(path);
      return;
    }
    writeParents(directory.path());
    if (stat.links() > 1) {
      Inode inode = new Inode(stat.device(), stat.inode());
      String first = firstNames.putIfAbsent(inode, relative(path));
      if (first != null) {
        tar.entry(entry.linkedTo(relative(path), first));
        return;
      }
      write(directory, name, entry);
      writeOtherNames(inode, entry);
      return;
    }
    write(directory, name, entry);
  }

  /** All below a directory has been seen. */
  void left(String path) {
    if (!needed.contains(path)) {
      pending.remove(path);
      written.remove(path);
    }
  }

  private void writeOtherNames(Inode inode, TarEntry entry) throws IOException {
    List<String> others = otherNames.remove(inode);
    if (others != null) {
      for (String other : others) {
        writeParents(parent(other));
        tar.entry(entry.linkedTo(relative(other), entry.name()));
      }
    }
  }

  private void write(Directory directory, String name, TarEntry entry) throws IOException {
    tar.entry(entry);
    if (entry.type() != EntryType.REGULAR) {
      return;
    }
    long left = entry.size();
    try (OpenFile file = directory.read(name)) {
      while (left > 0) {
        int n = file.read(block, 0, (int) Math.min(left, block.length));
        if (n < 0) {
          throw new IOException(
              "write layer: %s became shorter while it was read".formatted(entry.name()));
        }
        tar.content(block, 0, n);
        left -= n;
      }
    }
  }

  /** Writes the directories down to {@code path}, the highest first. */
  private void writeParents(String path) throws IOException {
    Deque<String> missing = new ArrayDeque<>();
    for (String at = path; !at.isEmpty() && !written.contains(at); at = parent(at)) {
      missing.push(at);
    }
    for (String directory : missing) {
      TarEntry entry = pending.remove(directory);
      if (entry != null) {
        written.add(directory);
        tar.entry(entry);
      }
    }
  }

  private TarEntry entry(Directory directory, String name, FileStat stat) throws IOException {
    EntryType type = type(stat);
    boolean node = type == EntryType.CHARACTER || type == EntryType.BLOCK;
    byte[] capability = Sameness.capability(directory, name);
    String path = relative(directory.path() + "/" + name);
    return new TarEntry(
        type,
        type == EntryType.DIRECTORY ? path + "/" : path,
        stat.permissions(),
        stat.uid() & 0xffffffffL,
        stat.gid() & 0xffffffffL,
        type == EntryType.REGULAR ? stat.size() : 0,
        time(stat.modified()),
        null,
        type == EntryType.SYMLINK ? directory.readLink(name) : "",
        node ? stat.nodeMajor() & 0xffffffffL : 0,
        node ? stat.nodeMinor() & 0xffffffffL : 0,
        capability.length == 0 ? Map.of() : Map.of(Sameness.CAPABILITY, capability));
  }

  private Instant time(Instant modified) {
    Instant time = latest != null && modified.isAfter(latest) ? latest : modified;
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private static EntryType type(FileStat stat) {
    return switch (stat.type()) {
      case FileStat.REGULAR -> EntryType.REGULAR;
      case FileStat.DIRECTORY -> EntryType.DIRECTORY;
      case FileStat.SYMLINK -> EntryType.SYMLINK;
      case FileStat.CHARACTER -> EntryType.CHARACTER;
      case FileStat.BLOCK -> EntryType.BLOCK;
      default -> EntryType.FIFO;
    };
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static String relative(String path) {
    return path.substring(1);
  }
}
