// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.ContentStore;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.metadata.Scope;
import gantry.names.Namespace;
import gantry.plugins.Handle;
import gantry.snapshots.Snapshotter;
import gantry.store.Durability;
import gantry.testkit.FixedHandle;
import gantry.testkit.HeapMemory;
import gantry.testkit.RecordingEventBus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** The plugin with raw stores that fail when they are called inside a transaction. */
final class House implements AutoCloseable {
  static final String SNAPSHOTTER = "overlayfs";
  static final Namespace NAMESPACE = new Namespace("test");

  final Guard guard = new Guard();
  final HeapMemory memory;
  final RecordingEventBus events = new RecordingEventBus();
  final MemoryContent rawContent;
  final IndexedSnapshotter rawSnapshotter;
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  final FixedHandle<ContentStore> contentHandle;
  final Handle<Snapshotter> snapshotterHandle;
  final SqliteMetadata metadata;
  private final Path root;
  private final String policy;
  private final boolean hasFixedClock;

  House(Path root) {
    this(root, "shared", true);
  }

  House(Path root, String policy, boolean hasFixedClock) {
    this(root, policy, hasFixedClock, "");
  }

  House(Path root, String policy, boolean hasFixedClock, String rebuild) {
    memory = new HeapMemory();
    rawContent = new MemoryContent(guard);
    rawSnapshotter = new IndexedSnapshotter(root.resolve("raw/index.db"), guard);
    contentHandle = FixedHandle.of("io.containerd.content.v1.content", rawContent);
    snapshotterHandle =
        FixedHandle.of("io.containerd.snapshotter.v1." + SNAPSHOTTER, rawSnapshotter);
    this.root = root;
    this.policy = policy;
    this.hasFixedClock = hasFixedClock;
    metadata = open(rebuild);
  }

  /** Another version beside the one that is open; whoever asks for it closes it. */
  SqliteMetadata open(String rebuild) {
    InstantSource source = now::get;
    SqliteMetadata opened =
        new SqliteMetadata(
            root.resolve("meta.db"),
            memory,
            events,
            contentHandle,
            policy,
            Durability.DURABLE,
            hasFixedClock ? source.withZone(ZoneOffset.UTC) : Clock.systemUTC(),
            rebuild);
    opened.bindSnapshotter(snapshotterHandle);
    guard.watch(opened);
    return opened;
  }

  Scope scope() {
    return metadata.in(Caller.of(NAMESPACE));
  }

  Scope scope(String namespace) {
    return metadata.in(Caller.of(new Namespace(namespace)));
  }

  /** A scope whose caller has a lease, made if need be. */
  Scope leased(String lease, Labels labels) {
    if (scope().leases().list(fields -> true).stream().noneMatch(l -> l.id().equals(lease))) {
      scope().leases().create(lease, labels);
    }
    return metadata.in(new Caller(NAMESPACE, lease));
  }

  Snapshotter snapshots() {
    return scope().snapshotter(SNAPSHOTTER);
  }

  /** Commits a snapshot. */
  void layer(String name, String parent) throws IOException {
    layer(snapshots(), name, parent, Labels.none());
  }

  static void layer(Snapshotter snapshots, String name, String parent, Labels labels)
      throws IOException {
    snapshots.prepare(name + "-key", parent, Labels.none());
    snapshots.commit(name, name + "-key", "", labels);
  }

  @Override
  public void close() {
    metadata.close();
    rawSnapshotter.close();
  }
}
