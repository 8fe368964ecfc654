// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentStore;
import gantry.errors.NotFoundException;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The raw content store and what is known of it here. Safe for concurrent use. */
final class RawContent {
  private final Handle<ContentStore> handle;
  private final boolean isShared;
  private final Condemned condemned = new Condemned();
  // What a crash left is found by the first collection.
  private final AtomicBoolean isDirty = new AtomicBoolean(true);

  /**
   * Takes the handle.
   *
   * @param isShared whether every namespace may claim any blob by its digest alone
   */
  RawContent(Handle<ContentStore> handle, boolean isShared) {
    this.handle = handle;
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

  /** There may be something that no record names. */
  void markDirty() {
    isDirty.set(true);
  }

  boolean takeDirty() {
    return isDirty.getAndSet(false);
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
