// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import java.io.IOException;
import java.util.List;

/** Asked for credentials when a registry wants some. Safe for concurrent use. */
@FunctionalInterface
public interface CredentialSource {
  /** Has none. */
  CredentialSource NONE = (host, reference, challenges) -> Credentials.NONE;

  /**
   * The credentials for a host.
   *
   * @param host of the registry, with its port if any
   * @param reference the image asked for
   * @param challenges the {@code WWW-Authenticate} headers it answered
   * @throws IOException if they cannot be had, which ends the transfer
   */
  Credentials credentials(String host, String reference, List<String> challenges)
      throws IOException;
}
