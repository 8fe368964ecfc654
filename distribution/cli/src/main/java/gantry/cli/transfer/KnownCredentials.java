// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Invocation;
import gantry.cli.registry.RegistryOptions;
import gantry.transfer.CredentialSource;

/** Credentials that were kept on this host. */
final class KnownCredentials {
  private KnownCredentials() {}

  static CredentialSource of(Invocation invocation) {
    return RegistryOptions.kept(invocation);
  }
}
