// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentStore;
import gantry.errors.NotFoundException;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The raw content store and what is known of it here. Safe for concurrent use. */
final class RawContent {
  /** With more, looking at everything is cheaper. */
  private static final int CANDIDATES_MAX = 100_000;

  private final Handle<ContentStore> handle;
  private final boolean isShared;
  private final Condemned condemned;
  private final Set<String> candidates = ConcurrentHashMap.newKeySet();
  // What a crash left is found by the first collection.
  private final AtomicBoolean isDirty = new AtomicBoolean(true);

  /**
   * Takes the handle.
   *
   * @param condemned blobs that are about to be removed, by digest
   * @param isShared whether every namespace may claim any blob by its digest alone
   */
  RawContent(Handle<ContentStore> handle, Condemned condemned, boolean isShared) {
    this.handle = handle;
    this.condemned = condemned;
    this.isShared = isShared;
  }

  Handle<ContentStore> handle() {
    return handle;
  }

  boolean isShared() {
    return isShared;
  }

  /** Blobs that are about to be removed, by digest. */
  Condemned condemned() {
    return condemned;
  }

  /** There may be something that no record names, and it is not known what. */
  void markDirty() {
    isDirty.set(true);
  }

  boolean takeDirty() {
    return isDirty.getAndSet(false);
  }

  /** A record of this blob is gone; there may be others. */
  void addCandidate(String digest) {
    if (candidates.size() >= CANDIDATES_MAX) {
      markDirty();
    } else {
      candidates.add(digest);
    }
  }

  /** Blobs to look for, each only once. */
  Set<String> takeCandidates() {
    Set<String> taken = new HashSet<>(candidates);
    candidates.removeAll(taken);
    return taken;
  }

  Optional<BlobInfo> find(Digest digest) throws IOException {
    try {
      return Optional.of(handle.call(store -> store.info(digest)));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /** Drops an ingest, if there is one. */
  void abort(String ref) throws IOException {
    try {
      handle.run(store -> store.abort(ref));
    } catch (NotFoundException e) {
      // a shared ingest has no bytes of its own
    }
  }
}
