// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.linux.files.DiskUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the directories of a snapshotter and its book do not agree on. Safe for concurrent use, also
 * beside an instance that makes and removes snapshots.
 */
public final class SnapshotInspection implements Inspector {
  private static final String DIRECTORY = "snapshot-directory";
  private static final String RECORD = "snapshot-record";

  private final String plugin;
  private final SnapshotDirectories directories;
  private final SnapshotIndex index;
  private final Predicate<SnapshotRecord> hasDirectory;

  /**
   * Takes what it compares.
   *
   * @param plugin URI of the snapshotter
   * @param hasDirectory whether a snapshot has a directory of its own
   */
  public SnapshotInspection(
      String plugin,
      SnapshotDirectories directories,
      SnapshotIndex index,
      Predicate<SnapshotRecord> hasDirectory) {
    this.plugin = plugin;
    this.directories = directories;
    this.index = index;
    this.hasDirectory = hasDirectory;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(DIRECTORY, RECORD);
  }

  @Override
  public List<Finding> inspect() throws IOException {
    List<Finding> findings = new ArrayList<>();
    // Directories first: one that is made after the look has a record when the ids are read.
    Set<String> names = directories.present();
    Set<Long> ids = index.ids();
    MountedLayers mounts = MountedLayers.now();
    for (String name : names) {
      if (SnapshotDirectories.idOf(name).filter(ids::contains).isEmpty()) {
        addDirectory(directories.place(name), mounts, findings);
      }
    }
    for (Map.Entry<Path, Instant> stray : directories.strays().entrySet()) {
      findings.add(stray(stray.getKey(), stray.getValue()));
    }
    index.records().stream().filter(this::isLost).map(this::record).forEach(findings::add);
    return findings;
  }

  private void addDirectory(Path directory, MountedLayers mounts, List<Finding> findings)
      throws IOException {
    try {
      Instant since = Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS).toInstant();
      findings.add(
          new Finding(
              DIRECTORY,
              directory.toString(),
              since,
              bytes(directory),
              plugin,
              "no record of the snapshotter names it"
                  + mounts.target(directory).map(at -> ", yet it is mounted at " + at).orElse(""),
              "delete it"));
    } catch (NoSuchFileException e) {
      // its removal was under way
      return;
    }
  }

  private Finding stray(Path directory, Instant since) throws IOException {
    return new Finding(
        DIRECTORY,
        directory.toString(),
        since,
        bytes(directory),
        plugin,
        "set aside when the snapshotter started, for no record names it; goes by itself after a"
            + " day",
        "delete it now");
  }

  private static long bytes(Path directory) throws IOException {
    try {
      return DiskUsage.of(directory).bytes();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Finding.UNKNOWN;
    }
  }

  private Finding record(SnapshotRecord snapshot) {
    return new Finding(
        RECORD,
        snapshot.info().name(),
        snapshot.info().updatedAt(),
        snapshot.usage().size(),
        owner(snapshot.info().name()),
        "its directory %s is gone".formatted(directories.of(snapshot.id())),
        "remove the record; what was in the directory is lost already");
  }

  /** Keys are {@code <namespace>/<number>/<name>} where the metadata plugin made them. */
  private String owner(String key) {
    String[] parts = key.split("/", 3);
    return parts.length == 3 ? parts[0] + "/" + parts[2] : plugin;
  }

  private boolean isLost(SnapshotRecord snapshot) {
    return hasDirectory.test(snapshot)
        && !Files.exists(directories.of(snapshot.id()), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void mend(Finding finding) throws IOException {
    switch (finding.kind()) {
      case DIRECTORY -> removeDirectory(Path.of(finding.name()));
      case RECORD -> removeRecord(finding.name());
      default ->
          throw new InvalidArgumentException(
              "mend %s: not a kind of %s".formatted(finding.kind(), plugin));
    }
  }

  private void removeDirectory(Path directory) throws IOException {
    if (directories.strays().containsKey(directory)) {
      directories.delete(directory);
      return;
    }
    String name = String.valueOf(directory.getFileName());
    if (!directories.place(name).equals(directory)) {
      requireGone(directory);
      return;
    }
    if (SnapshotDirectories.idOf(name).filter(index.ids()::contains).isPresent()) {
      throw new FailedPreconditionException(
          "delete %s: a record of the snapshotter names it now".formatted(directory));
    }
    Optional<Path> mounted = MountedLayers.now().target(directory);
    if (mounted.isPresent()) {
      throw new FailedPreconditionException(
          "delete %s: it is mounted at %s; unmount that first".formatted(directory, mounted.get()));
    }
    directories.deleteOrphan(name);
  }

  private void requireGone(Path directory) {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidArgumentException(
          "delete %s: not a directory of %s".formatted(directory, plugin));
    }
  }

  private void removeRecord(String name) {
    @Nullable SnapshotRecord found = index.find(name).orElse(null);
    if (found == null) {
      return;
    }
    if (!isLost(found)) {
      throw new FailedPreconditionException(
          "remove record of snapshot %s: its directory is there".formatted(name));
    }
    try {
      index.remove(name);
    } catch (NotFoundException e) {
      // somebody else was faster
      return;
    }
  }
}
