// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.IdMappedMounts;
import gantry.linux.files.DiskUsage;
import gantry.linux.files.TreeFlush;
import gantry.mounts.Mount;
import gantry.plugins.HealthCheck;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import gantry.plugins.snapshotter.overlay.OverlayLayout.Owner;
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
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.condition.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as overlayfs directories. Constructing it is recovery: a restart after a crash needs no
 * other step.
 */
@Component(
    name = OverlaySnapshotter.PLUGIN,
    service = {Snapshotter.class, PluginFacts.class, HealthCheck.class, Inspector.class},
    reference =
        @Reference(
            name = "overlay",
            service = Condition.class,
            target = "(osgi.condition.id=" + OverlayProbe.CONDITION + ")"),
    immediate = true)
@Plugin(value = OverlaySnapshotter.PLUGIN, plugin_platform = true)
public final class OverlaySnapshotter
    implements Snapshotter, PluginFacts, HealthCheck, Inspector, Closeable {
  static final String PLUGIN = "io.containerd.snapshotter.v1.overlayfs";

  private static final Logger log = LoggerFactory.getLogger(OverlaySnapshotter.class);

  /** Configuration. */
  @interface Config {
    /** Where snapshots are kept; empty for the plugin's own directory. */
    String rootPath() default "";

    /** Whether snapshots carry a label that tells where their layer is. */
    boolean upperdirLabel() default false;

    /** Whether a removal returns only when the bytes are gone, instead of leaving them to gc. */
    boolean syncRemove() default false;

    /** Whether clients may copy whole layers to give them to another user namespace. */
    boolean slowChown() default false;

    /** Further options of overlays; not of bind mounts. */
    String[] mountOptions() default {};
  }

  private final OverlaySettings settings;
  private final OverlayFeatures features;
  private final SnapshotDirectories directories;
  private final OverlayLayout layout;
  private final OverlayMounts mounts;
  private final SnapshotIndex index;
  private final SnapshotInspection inspection;
  private final TreeFlush flush;
  private final FutureTask<Boolean> idMapsTrial;

  /** Opens the snapshots, and puts right what a crash left. */
  @Activate
  public OverlaySnapshotter(@Reference PluginDirectories directories, Config config)
      throws IOException {
    this(OverlaySettings.of(directories, config), OverlayFeatures.detect());
  }

  OverlaySnapshotter(OverlaySettings settings, OverlayFeatures features) throws IOException {
    this.settings = settings;
    this.features = features;
    this.directories = SnapshotDirectories.create(settings.root());
    this.layout = new OverlayLayout(directories);
    this.mounts = new OverlayMounts(layout, features, settings.mountOptions());
    this.flush = new TreeFlush(directories.root());
    this.idMapsTrial =
        new FutureTask<>(
            () -> !features.userXattr() && IdMappedMounts.areSupported(settings.root()));
    this.index = SnapshotIndex.open(directories.indexFile());
    this.inspection = new SnapshotInspection(PLUGIN, directories, index, snapshot -> true);
    for (SnapshotRecord snapshot : directories.reconcile(index)) {
      restore(snapshot);
    }
  }

  /** A power loss can take the directories of a snapshot that nobody had written to. */
  private void restore(SnapshotRecord snapshot) throws IOException {
    SnapshotInfo info = snapshot.info();
    if (info.kind() == SnapshotKind.COMMITTED) {
      log.error("snapshot {} has lost its directory {}", info.name(), layout.layer(snapshot.id()));
      return;
    }
    layout.make(
        snapshot.id(), info.kind(), owner(index.chain(info.name()).parentIds(), info.labels()));
  }

  @Override
  public Map<String, String> exports() {
    return Map.of("root", settings.root().toString());
  }

  @Override
  public Set<String> capabilities() {
    Set<String> capabilities = new LinkedHashSet<>();
    if (!settings.slowChown()) {
      // Says that owners are not to be changed by copying.
      capabilities.add("only-remap-ids");
    }
    if (!features.userXattr()) {
      // Putting layers on one another needs whiteouts, which only the host's root can make.
      capabilities.add("rebase");
    }
    if (mapsIds()) {
      capabilities.add("remap-ids");
    }
    return capabilities;
  }

  @Override
  public SnapshotInfo stat(String name) {
    return show(index.require(name));
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) {
    return show(index.require(index.update(info, paths).name()));
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
    return mounts(index.chain(key), index.require(key).info().labels());
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
        layout.make(reservation.id(), kind, owner(reservation.parentIds(), labels));
        return mounts(reservation.commit(), labels);
      } catch (IOException | RuntimeException e) {
        abandon(reservation.id(), e);
        throw e;
      }
    }
  }

  private void abandon(long id, Exception why) {
    try {
      Optional<Path> discarded = directories.discard(id);
      if (discarded.isPresent()) {
        directories.delete(discarded.get());
      }
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /** The nearest parent's, unless labels say whom the root of the container is to be. */
  private Owner owner(List<Long> parents, Labels labels) throws IOException {
    Optional<IdMapping> mapping = IdMapping.of(labels);
    if (mapping.isPresent()) {
      return mapping.get().root();
    }
    return parents.isEmpty() ? Owner.ROOT : layout.owner(parents.getFirst());
  }

  private List<Mount> mounts(SnapshotChain chain, Labels labels) {
    Optional<IdMapping> mapping =
        chain.parentIds().isEmpty() ? Optional.empty() : IdMapping.of(labels);
    return mounts.of(chain, mapping.isPresent() && mapsIds() ? mapping.get().options() : List.of());
  }

  /** Tried once, when first asked: it takes a process and two mounts. */
  private boolean mapsIds() {
    idMapsTrial.run();
    try {
      return idMapsTrial.get();
    } catch (ExecutionException e) {
      log.warn("cannot tell whether layers can be shown with other owners", e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("try id-mapped mounts: canceled", e);
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
    if (snapshot.info().kind() != SnapshotKind.ACTIVE) {
      throw new FailedPreconditionException(
          "failed to commit snapshot: snapshot \"%s\" is not active".formatted(key));
    }
    DiskUsage usage = DiskUsage.of(layout.layer(snapshot.id()));
    flush.flush(layout.layer(snapshot.id()), usage);
    index.commit(name, key, new SnapshotUsage(usage.bytes(), usage.inodes()), labels, rebase);
  }

  private SnapshotUsage measure(long id) throws IOException {
    DiskUsage usage = DiskUsage.of(layout.layer(id));
    return new SnapshotUsage(usage.bytes(), usage.inodes());
  }

  @Override
  public void remove(String name) throws IOException {
    Optional<Path> discarded = directories.discard(index.remove(name));
    if (settings.syncRemove() && discarded.isPresent()) {
      directories.delete(discarded.get());
    }
  }

  @Override
  public List<String> removeAll(List<String> names) throws IOException {
    return directories.discardAll(index.removeAll(names));
  }

  @Override
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) {
    for (SnapshotRecord snapshot : index.records()) {
      SnapshotInfo info = show(snapshot);
      if (filter.matches(info)) {
        sink.accept(info);
      }
    }
  }

  private SnapshotInfo show(SnapshotRecord snapshot) {
    SnapshotInfo info = snapshot.info();
    if (!settings.upperdirLabel()) {
      return info;
    }
    String upper = layout.layer(snapshot.id()).toString();
    return new SnapshotInfo(
        info.kind(),
        info.name(),
        info.parent(),
        info.labels().with(WellKnown.OVERLAY_UPPERDIR, upper),
        info.createdAt(),
        info.updatedAt());
  }

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
