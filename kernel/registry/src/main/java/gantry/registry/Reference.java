// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Digest;
import org.jspecify.annotations.Nullable;

/**
 * {@code host/repository[:tag][@digest]}; nothing is added to short names.
 *
 * @param host with its port if any
 * @param repository path in the registry
 * @param tag or null
 * @param digest or null
 */
public record Reference(
    String host, String repository, @Nullable String tag, @Nullable Digest digest) {

  /**
   * Takes a reference apart.
   *
   * @throws InvalidArgumentException if host, repository, or both of tag and digest are missing
   */
  public static Reference parse(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1) {
      throw new InvalidArgumentException(
          "parse reference \"%s\": want host/repository:tag".formatted(text));
    }
    String rest = text.substring(slash + 1);
    int at = rest.indexOf('@');
    Digest digest = at < 0 ? null : Digest.parse(rest.substring(at + 1));
    String named = at < 0 ? rest : rest.substring(0, at);
    int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
    String tag = colon < 0 ? null : named.substring(colon + 1);
    String repository = colon < 0 ? named : named.substring(0, colon);
    if (repository.isEmpty() || (tag != null && tag.isEmpty()) || (tag == null && digest == null)) {
      throw new InvalidArgumentException(
          "parse reference \"%s\": want host/repository:tag or host/repository@digest"
              .formatted(text));
    }
    return new Reference(text.substring(0, slash), repository, tag, digest);
  }

  @Override
  public String toString() {
    return host
        + "/"
        + repository
        + (tag == null ? "" : ":" + tag)
        + (digest == null ? "" : "@" + digest);
  }
}
