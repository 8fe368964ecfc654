// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.transfer.RegistryImage;

/**
 * The registries a process talks to, with what is shared between them: connections, tokens. Safe
 * for concurrent use.
 */
public interface Registries extends AutoCloseable {
  /**
   * The repository of an image as a client wants it reached. Nothing is sent yet.
   *
   * @throws gantry.errors.InvalidArgumentException if the reference or a {@code hosts.toml} is not
   *     well formed
   */
  Repository open(RegistryImage image);

  /** Ends all connections. */
  @Override
  void close();
}
