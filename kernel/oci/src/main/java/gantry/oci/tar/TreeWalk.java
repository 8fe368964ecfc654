// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import gantry.linux.files.FileStat;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks two trees together and reports what differs. It has a stack of its own, since trees can be
 * deep. One use.
 */
final class TreeWalk {
  private final ChangeWriter changes;
  private final Deque<TreeLevel> levels = new ArrayDeque<>();

  TreeWalk(ChangeWriter changes) {
    this.changes = changes;
  }

  /** Compares two trees; parameters as of {@link LayerWriter.Trees}. They stay open. */
  void compare(Directory lower, Directory upper, @Nullable Directory overlay) throws IOException {
    levels.push(TreeLevel.top(lower, upper, overlay));
    try {
      while (levels.size() > 1 || levels.element().hasNext()) {
        step(levels.element());
      }
    } finally {
      while (levels.size() > 1) {
        levels.pop().close();
      }
    }
  }

  private void step(TreeLevel level) throws IOException {
    if (!level.hasNext()) {
      levels.pop();
      changes.left(level.upper().path());
      level.close();
      return;
    }
    String name = level.next();
    Optional<FileStat> old = level.old(name);
    Optional<FileStat> now = level.upper().find(name);
    if (now.isPresent()) {
      compare(level, name, old, now.get());
    } else if (old.isPresent()) {
      changes.deleted(level.upper(), name);
    }
  }

  private void compare(TreeLevel level, String name, Optional<FileStat> old, FileStat now)
      throws IOException {
    Directory lower = level.lower();
    boolean same =
        lower != null && old.isPresent() && Sameness.is(lower, old.get(), level.upper(), now, name);
    if (same) {
      changes.unmodified(level.upper(), name, now);
    } else {
      changes.changed(level.upper(), name, now);
    }
    if (now.isDirectory()) {
      levels.push(level.enter(name, old.filter(FileStat::isDirectory).isPresent()));
    }
  }
}
