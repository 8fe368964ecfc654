// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import gantry.linux.files.FileNames;
import gantry.linux.files.FileStat;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One directory of a walk, in the trees that have it, and the names in it that are still to be
 * seen.
 */
final class TreeLevel implements AutoCloseable {
  private static final String OVERLAY_OPAQUE = "trusted.overlay.opaque";
  private static final String OVERLAY_REDIRECT = "trusted.overlay.redirect";
  private static final String OVERLAY_METACOPY = "trusted.overlay.metacopy";

  private final @Nullable Directory lower;
  private final Directory upper;
  private final @Nullable Directory overlay;
  private final Iterator<String> names;

  /**
   * Takes the directories; they are closed with this.
   *
   * @param lower or null if there is nothing to compare with: then all is new
   * @param overlay where an overlay keeps the changes to {@code lower}, or null to look everywhere
   */
  private TreeLevel(@Nullable Directory lower, Directory upper, @Nullable Directory overlay)
      throws IOException {
    this.lower = lower;
    this.upper = upper;
    this.overlay = overlay;
    this.names = names(lower, upper, overlay).iterator();
  }

  /** Where a walk begins. */
  static TreeLevel top(Directory lower, Directory upper, @Nullable Directory overlay)
      throws IOException {
    boolean looksEverywhere = overlay == null || isSpecial(overlay);
    return new TreeLevel(lower, upper, looksEverywhere ? null : overlay);
  }

  /**
   * One level down.
   *
   * @param wasDirectory whether the name is a directory in the lower tree too
   */
  TreeLevel enter(String name, boolean wasDirectory) throws IOException {
    Directory before = null;
    Directory below = null;
    Directory in = upper.child(name);
    try {
      before = lower != null && wasDirectory ? lower.child(name) : null;
      below = overlay != null && before != null ? overlay.child(name) : null;
      if (below != null && isSpecial(below)) {
        below.close();
        below = null;
      }
      return new TreeLevel(before, in, below);
    } catch (IOException e) {
      close(in, before, below);
      throw e;
    }
  }

  @Nullable Directory lower() {
    return lower;
  }

  Directory upper() {
    return upper;
  }

  /** What the lower tree has under a name. */
  Optional<FileStat> old(String name) throws IOException {
    return lower == null ? Optional.empty() : lower.find(name);
  }

  boolean hasNext() {
    return names.hasNext();
  }

  String next() {
    return names.next();
  }

  @Override
  public void close() {
    close(upper, lower, overlay);
  }

  private static void close(@Nullable Directory... directories) {
    for (Directory directory : directories) {
      if (directory != null) {
        directory.close();
      }
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
    if (lower == null) {
      return upper.list();
    }
    TreeSet<String> all =
        new TreeSet<>((a, b) -> Arrays.compareUnsigned(FileNames.encode(a), FileNames.encode(b)));
    all.addAll(lower.list());
    all.addAll(upper.list());
    return all;
  }
}
