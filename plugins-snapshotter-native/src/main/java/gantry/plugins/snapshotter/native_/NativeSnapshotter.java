// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.native_;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.UnimplementedException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.linux.files.DiskUsage;
import gantry.linux.files.TreeCopy;
import gantry.linux.files.TreeFlush;
import gantry.mounts.Mount;
import gantry.plugins.HealthCheck;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import gantry.store.Hold;
import gantry.store.snapshots.Reservation;
import gantry.store.snapshots.SnapshotChain;
import gantry.store.snapshots.SnapshotDirectories;
import gantry.store.snapshots.SnapshotIndex;
import gantry.store.snapshots.SnapshotInspection;
import gantry.store.snapshots.SnapshotRecord;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as full copies of their parents. Constructing it is recovery: a restart after a crash
 * needs no other step.
 */
@Component(
    name = NativeSnapshotter.PLUGIN,
    service = {Snapshotter.class, PluginFacts.class, HealthCheck.class, Inspector.class},
    immediate = true)
@Plugin(value = NativeSnapshotter.PLUGIN, plugin_platform = true)
public final class NativeSnapshotter
    implements Snapshotter, PluginFacts, HealthCheck, Inspector, Closeable {
  static final String PLUGIN = "io.containerd.snapshotter.v1.native";

  private static final Logger log = LoggerFactory.getLogger(NativeSnapshotter.class);
  private static final String ROOT_MODE = "rwxr-xr-x";

  /** Configuration. */
  @interface Config {
    /** Where snapshots are kept; empty for the plugin's own directory. */
    String rootPath() default "";
  }

  private final SnapshotDirectories directories;
  private final SnapshotIndex index;
  private final SnapshotInspection inspection;
  private final TreeFlush flush;

  /** Opens the snapshots, and puts right what a crash left. */
  @Activate
  public NativeSnapshotter(@Reference PluginDirectories directories, Config config)
      throws IOException {
    this(config.rootPath().isEmpty() ? directories.root(PLUGIN) : Path.of(config.rootPath()));
  }

  NativeSnapshotter(Path root) throws IOException {
    directories = SnapshotDirectories.create(root);
    flush = new TreeFlush(directories.root());
    index = SnapshotIndex.open(directories.indexFile());
    inspection =
        new SnapshotInspection(PLUGIN, directories, index, NativeSnapshotter::hasDirectory);
    for (SnapshotRecord snapshot : directories.reconcile(index)) {
      restore(snapshot);
    }
  }

  /** A power loss can take the directory of a snapshot that began empty. */
  private void restore(SnapshotRecord snapshot) throws IOException {
    SnapshotInfo info = snapshot.info();
    boolean hasParent = !info.parent().isEmpty();
    if (!hasDirectory(info.kind(), hasParent)) {
      return;
    }
    if (info.kind() == SnapshotKind.COMMITTED || hasParent) {
      log.error("snapshot {} has lost its directory {}", info.name(), of(snapshot.id()));
      return;
    }
    fill(snapshot.id(), List.of());
  }

  private Path of(long id) {
    return directories.of(id);
  }

  private static boolean hasDirectory(SnapshotRecord snapshot) {
    return hasDirectory(snapshot.info().kind(), !snapshot.info().parent().isEmpty());
  }

  /** A view shows its parent's directory. */
  private static boolean hasDirectory(SnapshotKind kind, boolean hasParent) {
    return kind != SnapshotKind.VIEW || !hasParent;
  }

  @Override
  public Map<String, String> exports() {
    return Map.of("root", directories.root().toString());
  }

  /** None: a copy is whole, nothing can be put beneath it afterwards. */
  @Override
  public Set<String> capabilities() {
    return Set.of();
  }

  @Override
  public SnapshotInfo stat(String name) {
    return index.stat(name);
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) {
    return index.update(info, paths);
  }

  @Override
  public SnapshotUsage usage(String name) throws IOException {
    SnapshotRecord snapshot = index.require(name);
    return snapshot.info().kind() == SnapshotKind.ACTIVE
        ? measure(snapshot.id())
        : snapshot.usage();
  }

  @Override
  public List<Mount> mounts(String key) {
    return mounts(index.chain(key));
  }

  private List<Mount> mounts(SnapshotChain chain) {
    List<Long> parents = chain.parentIds();
    boolean own = hasDirectory(chain.kind(), !parents.isEmpty());
    String source = of(own ? chain.id() : parents.getFirst()).toString();
    String access = chain.kind() == SnapshotKind.VIEW ? "ro" : "rw";
    return List.of(Mount.of("bind", source, List.of("rbind", access)));
  }

  @Override
  public List<Mount> prepare(String key, String parent, Labels labels) throws IOException {
    return create(SnapshotKind.ACTIVE, key, parent, labels);
  }

  @Override
  public List<Mount> view(String key, String parent, Labels labels) throws IOException {
    return create(SnapshotKind.VIEW, key, parent, labels);
  }

  private List<Mount> create(SnapshotKind kind, String key, String parent, Labels labels)
      throws IOException {
    try (Reservation reservation = index.reserve(kind, key, parent, labels)) {
      try {
        if (hasDirectory(kind, !reservation.parentIds().isEmpty())) {
          fill(reservation.id(), reservation.parentIds());
        }
        return mounts(reservation.commit());
      } catch (IOException | RuntimeException e) {
        abandon(reservation.id(), e);
        throw e;
      }
    }
  }

  private void fill(long id, List<Long> parents) throws IOException {
    Path directory = Files.createDirectories(of(id));
    // The mode is set after, for the umask clears bits while the directory is made.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(ROOT_MODE));
    if (!parents.isEmpty()) {
      TreeCopy.copy(of(parents.getFirst()), directory);
      flush.flush(directory, DiskUsage.of(directory).inodes());
    }
  }

  private void abandon(long id, Exception why) {
    try {
      discard(id);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private void discard(long id) throws IOException {
    Optional<Path> discarded = directories.discard(id);
    if (discarded.isPresent()) {
      directories.delete(discarded.get());
    }
  }

  @Override
  public void commit(String name, String key, String rebase, Labels labels) throws IOException {
    try (Hold _ = index.hold()) {
      commitHeld(name, key, rebase, labels);
    }
  }

  private void commitHeld(String name, String key, String rebase, Labels labels)
      throws IOException {
    SnapshotRecord snapshot = index.require(key);
    SnapshotInfo info = snapshot.info();
    if (info.kind() != SnapshotKind.ACTIVE) {
      throw new FailedPreconditionException(
          "failed to commit snapshot: snapshot \"%s\" is not active".formatted(key));
    }
    if (!rebase.isEmpty() && info.parent().isEmpty()) {
      throw new UnimplementedException(
          "commit %s on %s: a copy cannot be put on a parent afterwards".formatted(key, rebase));
    }
    SnapshotUsage usage = measure(snapshot.id());
    flush.flush(of(snapshot.id()), usage.inodes());
    index.commit(name, key, usage, labels, rebase);
  }

  private SnapshotUsage measure(long id) throws IOException {
    DiskUsage usage = DiskUsage.of(of(id));
    return new SnapshotUsage(usage.bytes(), usage.inodes());
  }

  @Override
  public void remove(String name) throws IOException {
    discard(index.remove(name));
  }

  @Override
  public List<String> removeAll(List<String> names) throws IOException {
    return directories.discardAll(index.removeAll(names));
  }

  @Override
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) {
    index.walk(filter, sink);
  }

  /** Deletes what a removal could not, and strays of a crash. */
  @Override
  public void cleanup() throws IOException {
    directories.cleanup();
  }

  @Override
  public Optional<String> problem() {
    return directories.problem(index);
  }

  @Override
  public Set<String> kinds() {
    return inspection.kinds();
  }

  @Override
  public List<Finding> inspect() throws IOException {
    return inspection.inspect();
  }

  @Override
  public void mend(Finding finding) throws IOException {
    inspection.mend(finding);
  }

  /** What is being made or committed is made and committed all the same. */
  @Override
  @Deactivate
  public void close() {
    index.close();
  }
}
