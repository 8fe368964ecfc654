// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.util.Set;

/** What tokens allow, in the words of Docker's token protocol. */
final class Scopes {
  private Scopes() {}

  static Set<String> pull(Reference reference) {
    return Set.of("repository:" + reference.repository() + ":pull");
  }

  static Set<String> push(Reference reference) {
    return Set.of("repository:" + reference.repository() + ":pull,push");
  }

  /** To push here what another repository has. */
  static Set<String> mount(Reference reference, String from) {
    return Set.of(
        "repository:" + reference.repository() + ":pull,push", "repository:" + from + ":pull");
  }
}
