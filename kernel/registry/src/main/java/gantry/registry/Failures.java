// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.GantryException;
import org.jspecify.annotations.Nullable;

/** Of the failures of several hosts keeps the one that got furthest, of equals the first. */
final class Failures {
  /** How far a host was come. */
  enum Reached {
    NOTHING,
    /** No answer. */
    TRANSPORT,
    /** It does not have it. */
    NOT_FOUND,
    /** It answered something else. */
    STATUS,
    /** It has it, but it cannot be used. */
    CONTENT
  }

  private Reached furthest = Reached.NOTHING;
  private @Nullable GantryException failure;

  void add(Reached reached, GantryException e) {
    GantryException known = failure;
    if (known == null || reached.compareTo(furthest) > 0) {
      if (known != null) {
        e.addSuppressed(known);
      }
      furthest = reached;
      failure = e;
    } else {
      known.addSuppressed(e);
    }
  }

  boolean beyondNotFound() {
    return furthest.compareTo(Reached.NOT_FOUND) > 0;
  }

  /** Whether no host answered at all. */
  boolean unreached() {
    return furthest == Reached.TRANSPORT;
  }

  /** What to throw; the default if no host was asked. */
  GantryException orElse(GantryException none) {
    GantryException known = failure;
    return known == null ? none : known;
  }
}
