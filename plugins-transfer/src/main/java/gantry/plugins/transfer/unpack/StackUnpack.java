// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.errors.CanceledException;
import gantry.mounts.Mount;
import gantry.plugins.transfer.tasks.Claim;
import gantry.plugins.transfer.tasks.Claims;
import gantry.plugins.transfer.tasks.TaskGroup;
import gantry.plugins.transfer.unpack.LayerUnpack.Prepared;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks the layers of a stack from one on. In parallel each goes to a directory of its own, on
 * nothing; they are put on one another when they are committed, in their order. A layer that does
 * not unpack without those below it is unpacked again when they are there.
 */
final class StackUnpack {
  private static final Logger log = LoggerFactory.getLogger(StackUnpack.class);

  private final LayerUnpack layers;
  private final Stack stack;
  private final Claims claims;
  private final String claimName;
  private final int first;
  private final int width;
  private final List<Slot> slots = new ArrayList<>();
  private final AtomicInteger next;

  /**
   * Takes what to do.
   *
   * @param claimName what the names of claims begin with
   * @param first index of the first layer that is not there
   * @param width how many are unpacked at once; 1 has each unpacked on the one below
   */
  StackUnpack(
      LayerUnpack layers, Stack stack, Claims claims, String claimName, int first, int width) {
    this.layers = layers;
    this.stack = stack;
    this.claims = claims;
    this.claimName = claimName;
    this.first = first;
    this.width = width;
    this.next = new AtomicInteger(first);
    for (int i = first; i < stack.size(); i++) {
      slots.add(new Slot("unpack " + stack.layers().get(i).descriptor().digest()));
    }
  }

  void run() throws IOException {
    try (TaskGroup group = new TaskGroup("unpack " + stack.config().digest())) {
      for (int i = 0; i < width; i++) {
        group.forkComputing(this::workOrWake);
      }
      for (int i = first; i < stack.size(); i++) {
        finish(i, group);
      }
      group.join();
    } finally {
      // The group has ended: nobody works on them any more.
      slots.forEach(slot -> slot.abandon(layers));
    }
  }

  /** What has become of one layer. */
  private Slot slot(int index) {
    return slots.get(index - first);
  }

  /** Those who wait for a layer look whether the group has failed. */
  private void workOrWake() throws IOException {
    try {
      work();
    } finally {
      slots.forEach(Slot::wake);
    }
  }

  private void work() throws IOException {
    for (int i = next.getAndIncrement(); i < stack.size(); i = next.getAndIncrement()) {
      Slot slot = slot(i);
      Claim claim = claims.take(claimName + stack.name(i), other -> {});
      slot.claim(claim);
      if (layers.exists(i)) {
        slot.release();
        slot.done(null);
      } else if (width == 1) {
        tryUnpack(i, stack.parent(i), slot);
        finish(i, slot);
        label(i, slot);
      } else {
        tryUnpack(i, "", slot);
      }
    }
  }

  /** Whether it can be unpacked now; that the bytes are right shows later. */
  private void tryUnpack(int index, String parent, Slot slot) throws IOException {
    slot.begun(stack.layers().get(index).restarts());
    try {
      unpack(index, parent, slot);
      slot.done(null);
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted() || e instanceof CanceledException) {
        throw e;
      }
      slot.done(e);
    }
  }

  private void unpack(int index, String parent, Slot slot) throws IOException {
    Optional<Prepared> prepared = layers.prepare(index, parent);
    if (prepared.isEmpty()) {
      return;
    }
    slot.prepared(prepared.get());
    stack.startFrom(index);
    List<Mount> mounts = prepared.get().mounts();
    boolean isAlone = index > 0 && parent.isEmpty();
    layers.apply(index, isAlone ? OverlayForm.of(mounts) : mounts, slot.claim());
  }

  /** Waits for a layer, and commits it once it is known to be right. */
  private void finish(int index, TaskGroup group) throws IOException {
    Slot slot = slot(index);
    slot.await(group);
    if (width > 1) {
      finish(index, slot);
      // the next layer's commit need not wait for this
      group.fork(() -> label(index, slot));
    }
  }

  private void label(int index, Slot slot) throws IOException {
    if (slot.isCommitted()) {
      layers.label(index);
    }
  }

  private void finish(int index, Slot slot) throws IOException {
    if (slot.isPrepared()) {
      LayerFeed feed = stack.layers().get(index);
      feed.awaitStored();
      Exception failure = slot.failure();
      if (failure != null || feed.restarts() != slot.restarts()) {
        log.debug(
            "unpack layer {}: {}; once more, on those below",
            feed.descriptor().digest(),
            failure == null ? "it came anew" : failure.getMessage());
        slot.removePrepared(layers);
        unpack(index, stack.parent(index), slot);
      }
    } else if (slot.failure() != null) {
      unpack(index, stack.parent(index), slot);
      stack.layers().get(index).awaitStored();
    }
    commit(index, slot);
  }

  private void commit(int index, Slot slot) throws IOException {
    Prepared prepared = slot.takePrepared();
    if (prepared != null) {
      try {
        layers.commit(index, prepared, width > 1 ? stack.parent(index) : "");
      } catch (IOException | RuntimeException e) {
        layers.remove(prepared);
        throw e;
      }
      slot.committed();
    }
    slot.release();
  }
}
