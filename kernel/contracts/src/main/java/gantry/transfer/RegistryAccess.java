// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a client wants a registry to be reached.
 *
 * @param headers added to every request to the registry
 * @param hostsDirectory where {@code hosts.toml} files are, empty for the daemon's own setting; may
 *     be several directories joined by a colon
 * @param defaultScheme {@code http} or {@code https}; empty lets the address decide
 * @param debug which requests and answers are written to {@code log}
 * @param log where to, or null
 */
public record RegistryAccess(
    Map<String, List<String>> headers,
    String hostsDirectory,
    String defaultScheme,
    HttpDebug debug,
    @Nullable OutputStream log,
    CredentialSource credentials) {

  /** Access by the daemon's settings, without credentials. */
  public static RegistryAccess anonymous() {
    return new RegistryAccess(Map.of(), "", "", HttpDebug.NONE, null, CredentialSource.NONE);
  }

  /** Copies the headers. */
  public RegistryAccess {
    headers = Map.copyOf(headers);
  }

  /** What is written of HTTP; the order is that of the wire's numbers. */
  public enum HttpDebug {
    NONE,
    DEBUG,
    TRACE,
    BOTH
  }
}
