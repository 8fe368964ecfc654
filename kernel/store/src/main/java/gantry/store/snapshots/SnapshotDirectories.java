// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.linux.PlatformThread;
import gantry.linux.files.Directory;
import gantry.linux.files.FileOperationException;
import gantry.linux.files.Syncs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of a snapshotter: one for each id of its {@link SnapshotIndex}, and a trash for
 * what no id names any more.
 *
 * <pre>
 * root/
 * ├── index.db               the book
 * ├── snapshots/‹id›/        what is in it is the snapshotter's business
 * └── trash/                 on the same filesystem, so that a rename puts things there
 *     ├── ‹id›.‹random›         removed; deleted at the next {@link #cleanup}
 *     └── stray.‹time›.‹name›   found at the start without a record; deleted after a day
 * </pre>
 *
 * <p>Strays are what a crash leaves between directory and record. They are kept for a day because
 * it may be the book that was lost. Safe for concurrent use, also of one root by several instances.
 */
public final class SnapshotDirectories {
  private static final Logger log = LoggerFactory.getLogger(SnapshotDirectories.class);
  private static final Pattern STRAY = Pattern.compile("stray\\.([0-9]+)\\.(.*)");
  private static final Duration STRAY_KEPT = Duration.ofDays(1);
  private static final Duration REMOVAL_MAX = Duration.ofMinutes(1);
  private static final String PRIVATE = "rwx------";

  private final Path root;
  private final Clock clock;
  private final ReentrantLock cleaning = new ReentrantLock();

  private SnapshotDirectories(Path root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  /** Makes what is missing of the root and of what it holds, durably. */
  public static SnapshotDirectories create(Path root) throws IOException {
    return create(root, Clock.systemUTC());
  }

  static SnapshotDirectories create(Path root, Clock clock) throws IOException {
    SnapshotDirectories directories = new SnapshotDirectories(root.toAbsolutePath(), clock);
    boolean isNew = !Files.isDirectory(directories.trash());
    for (Path directory : List.of(directories.root, directories.snapshots(), directories.trash())) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
    }
    if (isNew) {
      Syncs.fsync(directories.root);
      Syncs.fsync(directories.root.resolve(".."));
    }
    return directories;
  }

  /** The root, absolute. */
  public Path root() {
    return root;
  }

  /** The file of the index. */
  public Path indexFile() {
    return root.resolve("index.db");
  }

  /** The directory of a snapshot, whether it is there or not. */
  public Path of(long id) {
    return snapshots().resolve(Long.toString(id));
  }

  /**
   * Moves aside every directory without a record. Another instance may be working meanwhile: what
   * it is just removing may come to be moved too, and {@link #discard} finds it then.
   *
   * @return records without a directory
   */
  public List<SnapshotRecord> reconcile(SnapshotIndex index) throws IOException {
    // Directories first: one that is made after the look has a record when the ids are read.
    Set<String> names = names(snapshots());
    Set<Long> ids = index.ids();
    for (String name : names) {
      if (idOf(name).filter(ids::contains).isEmpty()) {
        setAside(name);
      }
    }
    List<SnapshotRecord> lost =
        index.records().stream()
            .filter(snapshot -> !names.contains(Long.toString(snapshot.id())))
            .filter(snapshot -> !Files.exists(of(snapshot.id())))
            .toList();
    if (lost.isEmpty()) {
      return lost;
    }
    // A removal drops the record first: one that is there still is not just being removed.
    Set<Long> left = index.ids();
    return lost.stream().filter(snapshot -> left.contains(snapshot.id())).toList();
  }

  /**
   * Takes the directory of a snapshot that has no record any more out of its place.
   *
   * @return where it is now, to be deleted; empty if there was none
   */
  public Optional<Path> discard(long id) throws IOException {
    Path trashed = trash().resolve(id + "." + UUID.randomUUID());
    if (move(of(id), trashed)) {
      return Optional.of(trashed);
    }
    for (String name : names(trash())) {
      if (isJustSetAside(name, id)) {
        return move(trash().resolve(name), trashed) ? Optional.of(trashed) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * Takes the directories of several out of their places, for {@link #cleanup} to delete.
   *
   * @param ids of snapshots that have no record any more, by name
   * @return the names
   */
  public List<String> discardAll(Map<String, Long> ids) throws IOException {
    each(
        ids.values(),
        id -> {
          Optional<Path> _ = discard(id);
        });
    return List.copyOf(ids.keySet());
  }

  /** Deletes what was discarded. Others may be doing so at the same time. */
  public void delete(Path discarded) throws IOException {
    deleteAll(List.of(String.valueOf(discarded.getFileName())));
  }

  /**
   * Deletes everything discarded, and strays older than a day. One thread does so at a time: if
   * another is at it, this returns at once.
   */
  public void cleanup() throws IOException {
    if (!cleaning.tryLock()) {
      return;
    }
    try {
      deleteAll(names(trash()).stream().filter(name -> !isKept(name)).toList());
    } finally {
      cleaning.unlock();
    }
  }

  private void deleteAll(List<String> trashed) throws IOException {
    if (trashed.isEmpty()) {
      return;
    }
    try (Directory trash = Directory.open(trash())) {
      PlatformThread.run("delete-snapshots", () -> each(trashed, name -> delete(trash, name)));
    }
  }

  private interface Deed<T> {
    void on(T thing) throws IOException;
  }

  /** Goes on after a failure: one directory in use must not keep all others on the disk. */
  private static <T> void each(Collection<T> things, Deed<T> deed) throws IOException {
    IOException failure = null;
    for (T thing : things) {
      try {
        deed.on(thing);
      } catch (IOException e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static void delete(Directory trash, String name) throws IOException {
    try {
      trash.removeTree(name);
    } catch (FileOperationException e) {
      if (e.errno() != FileOperationException.ENOENT) {
        throw e;
      }
    }
  }

  private boolean isKept(String name) {
    Matcher stray = STRAY.matcher(name);
    return stray.matches()
        && Instant.ofEpochSecond(Long.parseLong(stray.group(1)))
            .plus(STRAY_KEPT)
            .isAfter(clock.instant());
  }

  /** Only just, for after the loss of a book its successor gives out the same ids. */
  private boolean isJustSetAside(String name, long id) {
    Matcher stray = STRAY.matcher(name);
    return stray.matches()
        && stray.group(2).equals(Long.toString(id))
        && Instant.ofEpochSecond(Long.parseLong(stray.group(1)))
            .plus(REMOVAL_MAX)
            .isAfter(clock.instant());
  }

  /** The names of what is where snapshots are. */
  Set<String> present() throws IOException {
    return names(snapshots());
  }

  /** What was set aside without a record and is not deleted yet, and when that was. */
  Map<Path, Instant> strays() throws IOException {
    Map<Path, Instant> strays = new TreeMap<>();
    for (String name : names(trash())) {
      Matcher stray = STRAY.matcher(name);
      if (stray.matches()) {
        strays.put(trash().resolve(name), Instant.ofEpochSecond(Long.parseLong(stray.group(1))));
      }
    }
    return strays;
  }

  /** Where something of this name is, or would be, among the snapshots. */
  Path place(String name) {
    return snapshots().resolve(name);
  }

  /**
   * Takes something without a record out of the snapshots and deletes it; no error if it is gone.
   */
  void deleteOrphan(String name) throws IOException {
    Path trashed = trash().resolve("orphan." + name + "." + UUID.randomUUID());
    if (move(snapshots().resolve(name), trashed)) {
      delete(trashed);
    }
  }

  /** Why snapshots could not be made or found now, in words; empty if they can. */
  public Optional<String> problem(SnapshotIndex index) {
    for (Path directory : List.of(snapshots(), trash())) {
      if (!Files.isWritable(directory)) {
        return Optional.of(directory + " cannot be written to");
      }
    }
    index.find("");
    return Optional.empty();
  }

  private void setAside(String name) throws IOException {
    Path stray = trash().resolve("stray.%d.%s".formatted(clock.instant().getEpochSecond(), name));
    if (move(snapshots().resolve(name), stray)) {
      log.warn("moved {} to {}: no record names it, it will be deleted in a day", name, stray);
    }
  }

  private static boolean move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    }
    return names;
  }

  static Optional<Long> idOf(String name) {
    try {
      return Optional.of(Long.parseLong(name));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private Path snapshots() {
    return root.resolve("snapshots");
  }

  private Path trash() {
    return root.resolve("trash");
  }
}
