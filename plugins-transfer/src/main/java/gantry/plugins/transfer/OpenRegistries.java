// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.errors.UnavailableException;
import gantry.registry.Registries;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the connections to registries until the plugin is stopped and no transfer runs: one that is
 * replaced ends what it has begun. Safe for concurrent use.
 */
final class OpenRegistries implements AutoCloseable {
  private final Registries registries;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /** Transfers that run, and the plugin until it is stopped. */
  private final AtomicInteger users = new AtomicInteger(1);

  OpenRegistries(Registries registries) {
    this.registries = registries;
  }

  /**
   * A transfer begins.
   *
   * @throws UnavailableException if the plugin is stopped
   */
  void enter() {
    if (users.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
      throw new UnavailableException("transfer: the plugin has been stopped: try again");
    }
  }

  /** It has ended. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      registries.close();
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (!isClosed.getAndSet(true)) {
      leave();
    }
  }
}
