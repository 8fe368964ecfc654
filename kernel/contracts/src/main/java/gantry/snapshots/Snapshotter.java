// SPDX-License-Identifier: Apache-2.0
package gantry.snapshots;

import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.plugins.Contract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps filesystem states in layers. A snapshot begins active (or as a read-only view) under a key;
 * an active one is committed under a name, or removed. Keys and names are one space. The same
 * interface is offered raw, by the plugin that owns the storage, and namespaced, by {@code
 * Metadata}; only the metadata plugin may use the raw one. Safe for concurrent use.
 */
@Contract
public interface Snapshotter {
  /**
   * What is known of a snapshot of any kind.
   *
   * @throws gantry.errors.NotFoundException if there is none of this name
   */
  SnapshotInfo stat(String name) throws IOException;

  /**
   * Changes labels; nothing else can change.
   *
   * @param paths {@code labels} or {@code labels.<key>}; none means all labels
   * @return the snapshot as it is then
   * @throws gantry.errors.NotFoundException if there is none of this name
   * @throws gantry.errors.InvalidArgumentException for other paths
   */
  SnapshotInfo update(SnapshotInfo info, FieldPaths paths) throws IOException;

  /**
   * What a snapshot takes without its parents; measured now for an active one, recorded at commit
   * for a committed one.
   *
   * @throws gantry.errors.NotFoundException if there is none of this name
   */
  SnapshotUsage usage(String name) throws IOException;

  /**
   * The mounts that show an active snapshot or view; the same at each call.
   *
   * @throws gantry.errors.NotFoundException if there is none of this key
   * @throws gantry.errors.FailedPreconditionException if it is committed
   */
  List<Mount> mounts(String key) throws IOException;

  /**
   * Makes an active snapshot.
   *
   * @param parent name of a committed snapshot, or empty to begin with an empty directory
   * @return its mounts
   * @throws gantry.errors.AlreadyExistsException if the key is in use
   * @throws gantry.errors.NotFoundException if there is no such parent
   * @throws gantry.errors.InvalidArgumentException if the parent is not committed
   */
  List<Mount> prepare(String key, String parent, Labels labels) throws IOException;

  /** Makes a read-only view; otherwise as {@link #prepare}. */
  List<Mount> view(String key, String parent, Labels labels) throws IOException;

  /**
   * Turns an active snapshot into a committed one. Its key is free afterwards; its labels are
   * replaced by {@code labels} and its creation time is set anew.
   *
   * @param rebase a parent to put beneath a snapshot that has none, or empty
   * @throws gantry.errors.NotFoundException if there is none of this key
   * @throws gantry.errors.FailedPreconditionException if it is not active
   * @throws gantry.errors.AlreadyExistsException if the name is in use
   * @throws gantry.errors.InvalidArgumentException if it has a parent and {@code rebase} names
   *     another
   */
  void commit(String name, String key, String rebase, Labels labels) throws IOException;

  /**
   * Removes a snapshot of any kind.
   *
   * @throws gantry.errors.NotFoundException if there is none of this name
   * @throws gantry.errors.FailedPreconditionException if it is the parent of another
   */
  void remove(String name) throws IOException;

  /**
   * Removes several snapshots, each as {@link #remove} would, where the backend can for little more
   * than one of them. Passed over are those that are gone and the parents of snapshots that stay.
   * What they held on disk may stay there until {@link #cleanup}.
   *
   * @return the names of those that were removed
   */
  default List<String> removeAll(List<String> names) throws IOException {
    List<String> removed = new ArrayList<>();
    for (String name : names) {
      try {
        remove(name);
        removed.add(name);
      } catch (NotFoundException | FailedPreconditionException e) {
        // passed over
      }
    }
    return removed;
  }

  /** Shows every snapshot the filter matches, in no particular order. */
  void walk(Filter filter, Consumer<SnapshotInfo> sink) throws IOException;

  /**
   * What this backend can do beyond the rest: {@code rebase} (commit may name a parent), {@code
   * remap-ids}.
   */
  default Set<String> capabilities() throws IOException {
    return Set.of();
  }

  /**
   * Frees what removed snapshots left on disk.
   *
   * @throws UnimplementedException if this backend leaves nothing
   */
  default void cleanup() throws IOException {
    throw new UnimplementedException("cleanup: snapshotter does not implement it");
  }
}
