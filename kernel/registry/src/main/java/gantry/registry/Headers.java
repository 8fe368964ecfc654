// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.util.Locale;
import java.util.Set;

/** What is known about names of HTTP headers. */
final class Headers {
  /** The HTTP client sets these itself and refuses them from others. */
  private static final Set<String> RESERVED =
      Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding");

  /** May be shown in logs; of all others nothing but the name. */
  private static final Set<String> HARMLESS =
      Set.of(
          "accept",
          "accept-encoding",
          "accept-ranges",
          "age",
          "allow",
          "cache-control",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "date",
          "docker-content-digest",
          "docker-distribution-api-version",
          "docker-upload-uuid",
          "etag",
          "last-modified",
          "oci-filters-applied",
          "oci-subject",
          "range",
          "ratelimit-limit",
          "ratelimit-remaining",
          "retry-after",
          "server",
          "transfer-encoding",
          "user-agent",
          "via",
          "www-authenticate");

  private Headers() {}

  static boolean allowed(String name) {
    return !RESERVED.contains(name.toLowerCase(Locale.ROOT));
  }

  static boolean harmless(String name) {
    return HARMLESS.contains(name.toLowerCase(Locale.ROOT));
  }
}
