// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.tasks;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * Sees to it that of several that want the same done, one does it and the others wait. It is no
 * lock: nothing is held that others need, only the right to a name. Safe for concurrent use.
 */
public final class Claims {
  private final ConcurrentMap<String, Claim> claims = new ConcurrentHashMap<>();
  private final Duration patience;

  /**
   * Takes how long to wait for a holder that shows no progress.
   *
   * @param patience since its last {@link Claim#moved}
   */
  public Claims(Duration patience) {
    this.patience = patience;
  }

  /**
   * Waits until nobody has the name, and takes it. Afterwards look whether what you want has been
   * done meanwhile.
   *
   * @param waiting told whom it waits for
   * @throws gantry.errors.UnavailableException if the holder shows no progress
   * @throws gantry.errors.CanceledException if the thread was interrupted
   */
  public Claim take(String name, Consumer<Claim> waiting) {
    Claim mine = new Claim(name, claims::remove);
    while (true) {
      Claim other = claims.putIfAbsent(name, mine);
      if (other == null) {
        return mine;
      }
      waiting.accept(other);
      other.awaitEnd(patience);
      mine.moved(0);
    }
  }

  /** How many names are taken. */
  public int size() {
    return claims.size();
  }
}
