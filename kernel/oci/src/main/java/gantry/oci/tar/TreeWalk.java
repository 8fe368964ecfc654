// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import gantry.linux.files.FileNames;
import gantry.linux.files.FileStat;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Walks two trees together and reports what differs. */
final class TreeWalk {
  private static final String OVERLAY_OPAQUE = "trusted.overlay.opaque";
  private static final String OVERLAY_REDIRECT = "trusted.overlay.redirect";
  private static final String OVERLAY_METACOPY = "trusted.overlay.metacopy";

  private final ChangeWriter changes;

  TreeWalk(ChangeWriter changes) {
    this.changes = changes;
  }

  /** Compares two trees; parameters as of {@link LayerWriter.Trees}. */
  void compareRoots(Directory lower, Directory upper, @Nullable Directory overlay)
      throws IOException {
    compare(lower, upper, overlay != null && isSpecial(overlay) ? null : overlay);
  }

  /**
   * Compares what is below two directories.
   *
   * @param lower or null if there is nothing to compare with: then all is new
   * @param overlay where an overlay keeps the changes to {@code lower}, or null to look everywhere
   */
  private void compare(@Nullable Directory lower, Directory upper, @Nullable Directory overlay)
      throws IOException {
    for (String name : names(lower, upper, overlay)) {
      Optional<FileStat> old = lower == null ? Optional.empty() : lower.find(name);
      Optional<FileStat> now = upper.find(name);
      if (now.isEmpty()) {
        if (old.isPresent()) {
          changes.deleted(upper, name);
        }
        continue;
      }
      FileStat stat = now.get();
      boolean same =
          lower != null && old.isPresent() && Sameness.is(lower, old.get(), upper, stat, name);
      if (same) {
        changes.unmodified(upper, name, stat);
      } else {
        changes.changed(upper, name, stat);
      }
      if (stat.isDirectory()) {
        descend(lower, old, upper, overlay, name);
      }
    }
  }

  private void descend(
      @Nullable Directory lower,
      Optional<FileStat> old,
      Directory upper,
      @Nullable Directory overlay,
      String name)
      throws IOException {
    boolean both = lower != null && old.isPresent() && old.get().isDirectory();
    try (Directory in = upper.child(name);
        Directory before = both && lower != null ? lower.child(name) : null;
        Directory below = overlay == null ? null : overlay.child(name)) {
      boolean mergesOnly = both && below != null && !isSpecial(below);
      compare(before, in, mergesOnly ? below : null);
      changes.left(in.path());
    }
  }

  /**
   * Whether an overlay directory shows other things than itself merged with the same path below.
   */
  private static boolean isSpecial(Directory overlay) throws IOException {
    List<String> xattrs = overlay.xattrs(Directory.SELF).list();
    return xattrs.contains(OVERLAY_OPAQUE)
        || xattrs.contains(OVERLAY_REDIRECT)
        || xattrs.contains(OVERLAY_METACOPY);
  }

  private static Iterable<String> names(
      @Nullable Directory lower, Directory upper, @Nullable Directory overlay) throws IOException {
    if (overlay != null) {
      return overlay.list();
    }
    List<String> now = upper.list();
    if (lower == null) {
      return now;
    }
    TreeSet<String> all =
        new TreeSet<>((a, b) -> Arrays.compareUnsigned(FileNames.encode(a), FileNames.encode(b)));
    all.addAll(lower.list());
    all.addAll(now);
    return all;
  }
}
