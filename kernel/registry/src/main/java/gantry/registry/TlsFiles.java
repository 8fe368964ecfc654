// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a host is to prove who it is, and we to it.
 *
 * @param authorities PEM files trusted beside the system's
 * @param clients what to show
 * @param skipVerify takes any certificate; null if not configured
 */
record TlsFiles(List<Path> authorities, List<Pair> clients, @Nullable Boolean skipVerify) {
  static final TlsFiles NONE = new TlsFiles(List.of(), List.of(), null);

  /**
   * A certificate and its key, PEM.
   *
   * @param key null if the key is in the certificate's file
   */
  record Pair(Path certificate, @Nullable Path key) {}

  TlsFiles {
    authorities = List.copyOf(authorities);
    clients = List.copyOf(clients);
  }

  boolean configured() {
    return !authorities.isEmpty() || !clients.isEmpty() || skipVerify != null;
  }

  boolean trustsAll() {
    return Boolean.TRUE.equals(skipVerify);
  }
}
