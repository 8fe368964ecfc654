// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.tasks.Claim;
import gantry.plugins.transfer.tasks.Cleanup;
import gantry.plugins.transfer.tasks.Permits;
import gantry.plugins.transfer.tasks.Permits.Permit;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that make a snapshot of a layer. Safe for concurrent use. */
final class LayerUnpack {
  private static final Logger log = LoggerFactory.getLogger(LayerUnpack.class);
  private static final String PARENT_LABEL = "containerd.io/snapshot/parent-chain-id";
  private static final String DIFF_ID_LABEL = "containerd.io/snapshot/diff-id";
  private static final int TRIES = 3;
  private static final int RANDOM_BYTES = 3;

  private final CallerStore store;
  private final UnpackRule rule;
  private final Stack stack;
  private final Differs differs;
  private final Permits slots;
  private final ProgressTracker tracker;
  private final SecureRandom random = new SecureRandom();

  LayerUnpack(
      CallerStore store,
      UnpackRule rule,
      Stack stack,
      Differs differs,
      Permits slots,
      ProgressTracker tracker) {
    this.store = store;
    this.rule = rule;
    this.stack = stack;
    this.differs = differs;
    this.slots = slots;
    this.tracker = tracker;
  }

  /** An active snapshot. */
  record Prepared(String key, List<Mount> mounts) {}

  /** Whether the snapshot of a layer is there. */
  boolean exists(int index) throws IOException {
    try {
      store.snapshots(rule.snapshotter(), snapshots -> snapshots.stat(stack.name(index)));
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  /**
   * Makes an active snapshot.
   *
   * @param parent its parent, which may yet be missing; empty for none
   * @return empty if the layer's snapshot turned out to be there; the lease keeps it then
   */
  Optional<Prepared> prepare(int index, String parent) throws IOException {
    String name = stack.name(index);
    for (int i = 0; i < TRIES; i++) {
      String key = "extract-%s %s".formatted(unique(), name);
      try {
        return Optional.of(
            new Prepared(
                key,
                store.snapshots(
                    rule.snapshotter(),
                    snapshots -> snapshots.prepare(key, parent, labels(index)))));
      } catch (AlreadyExistsException e) {
        if (exists(index)) {
          return Optional.empty();
        }
        log.debug("prepare {}: {}, but it is gone; trying again", key, e.getMessage());
      }
    }
    throw new UnavailableException(
        "unable to prepare extraction snapshot %s: it comes and goes, try again".formatted(name));
  }

  private Labels labels(int index) {
    Map<String, String> labels = new TreeMap<>();
    stack
        .layers()
        .get(index)
        .descriptor()
        .annotations()
        .forEach(
            (key, value) -> {
              if (key.startsWith(WellKnown.SNAPSHOT_PREFIX) || key.equals(WellKnown.SNAPSHOT_REF)) {
                labels.put(key, value);
              }
            });
    labels.put(WellKnown.SNAPSHOT_REF, stack.name(index));
    labels.put(DIFF_ID_LABEL, stack.diffIds().get(index).toString());
    if (index > 0) {
      labels.put(PARENT_LABEL, stack.parent(index));
    }
    return Labels.of(labels);
  }

  private String unique() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return System.nanoTime() % 1_000_000_000 + "-" + Base64.getUrlEncoder().encodeToString(bytes);
  }

  /**
   * Unpacks a layer into an active snapshot, while it arrives. That the bytes are those of the
   * layer's digest is not known yet when this returns.
   *
   * @param claim shows those who wait that something goes on
   * @throws FailedPreconditionException if the layer is not what the configuration says
   */
  void apply(int index, List<Mount> mounts, Claim claim) throws IOException {
    LayerFeed feed = stack.layers().get(index);
    feed.awaitBegun();
    try (Permit _ = slots.acquire()) {
      requireDiffId(index, apply(feed, mounts, claim));
    }
  }

  private Digest apply(LayerFeed feed, List<Mount> mounts, Claim claim) throws IOException {
    Descriptor layer = feed.descriptor();
    return differs.apply(
        rule.differ(),
        store.caller(),
        layer,
        () ->
            new CountedInput(
                feed.open(),
                count -> {
                  claim.moved(count);
                  tracker.extracting(layer, count);
                }),
        mounts);
  }

  private void requireDiffId(int index, Digest applied) {
    Digest wanted = stack.diffIds().get(index);
    if (!applied.equals(wanted)) {
      throw new FailedPreconditionException(
          "wrong diff id \"%s\" calculated on extraction \"%s\", desc \"%s\""
              .formatted(applied, wanted, stack.layers().get(index).descriptor().digest()));
    }
  }

  /**
   * Commits an unpacked layer.
   *
   * @param rebase what to put it on, if it was prepared on nothing
   */
  void commit(int index, Prepared prepared, String rebase) throws IOException {
    String name = stack.name(index);
    try {
      store.snapshots(
          rule.snapshotter(),
          snapshots -> {
            snapshots.commit(name, prepared.key(), rebase, labels(index));
            return true;
          });
    } catch (AlreadyExistsException e) {
      remove(prepared);
      return;
    }
  }

  /** Says in the blob's labels what it unpacks to. */
  void label(int index) throws IOException {
    Descriptor layer = stack.layers().get(index).descriptor();
    store.label(
        layer.digest(), Map.of(WellKnown.UNCOMPRESSED, stack.diffIds().get(index).toString()));
    tracker.extracted(layer);
  }

  /** Drops an active snapshot. */
  void remove(Prepared prepared) {
    Cleanup.run(
        "remove snapshot " + prepared.key(),
        () ->
            store.snapshots(
                rule.snapshotter(),
                snapshots -> {
                  snapshots.remove(prepared.key());
                  return true;
                }));
  }
}
