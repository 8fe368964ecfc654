// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A host that serves a registry, and how to talk to it.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority host with its port if one was given
 * @param root path of the API, mostly {@code /v2}
 * @param headers for each request
 * @param dialTimeout null for the usual one
 */
record Endpoint(
    String scheme,
    String authority,
    String root,
    Set<Capability> capabilities,
    Map<String, List<String>> headers,
    TlsFiles tls,
    @Nullable Duration dialTimeout) {

  Endpoint {
    capabilities = Set.copyOf(capabilities);
    headers = Map.copyOf(headers);
  }

  boolean has(Capability capability) {
    return capabilities.contains(capability);
  }

  /** Whether it stands in for another registry, which it must be told by name. */
  boolean isMirrorOf(String host) {
    return !authority.equals(host)
        && !(host.equals("docker.io") && authority.equals("registry-1.docker.io"));
  }

  /** Whether {@code http} was asked for together with TLS settings, so that it may be either. */
  boolean mayBeEither() {
    return scheme.equals("http") && tls.configured() && !authority.endsWith(":80");
  }

  Endpoint scheme(String other) {
    return new Endpoint(other, authority, root, capabilities, headers, tls, dialTimeout);
  }

  /** The same place without headers, for what is not the registry itself. */
  Endpoint elsewhere(URI uri) {
    return new Endpoint(
        uri.getScheme(), uri.getRawAuthority(), "", capabilities, Map.of(), tls, dialTimeout);
  }

  String origin() {
    return scheme + "://" + authority;
  }
}
