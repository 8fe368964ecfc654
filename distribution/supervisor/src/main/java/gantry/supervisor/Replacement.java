// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The wish that this process become another version, and what came of it. Safe for concurrent use.
 */
final class Replacement {
  private @Nullable Wish wish;
  private String failure = "";

  /**
   * What to become.
   *
   * @param arguments without those of the upgrade itself
   */
  record Wish(Path program, List<String> arguments) {
    Wish {
      arguments = List.copyOf(arguments);
    }
  }

  /** It is to be done as soon as what goes on has ended. */
  synchronized void want(Wish next) {
    wish = next;
    failure = "";
  }

  synchronized Optional<Wish> wish() {
    return Optional.ofNullable(wish);
  }

  /** It did not come about; this version goes on. */
  synchronized void failed(String reason) {
    wish = null;
    failure = reason;
  }

  /** Why the last did not come about; empty if none was tried. */
  synchronized String failure() {
    return failure;
  }
}
