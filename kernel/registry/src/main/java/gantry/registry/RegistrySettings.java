// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.transfer.CredentialSource;
import java.util.Map;

/**
 * What a process decides about registries for all its clients.
 *
 * @param userAgent sent with each request, for example {@code containerd/2.3.4}
 * @param hostsDirectory where {@code hosts.toml} files are unless a client says otherwise; may be
 *     several directories joined by a colon, empty for none
 * @param environment read for {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code NO_PROXY}, {@code
 *     SSL_CERT_FILE} and {@code SSL_CERT_DIR}
 * @param credentials asked when a client's own source has none
 */
public record RegistrySettings(
    String userAgent,
    String hostsDirectory,
    Map<String, String> environment,
    Deadlines deadlines,
    RetryPolicy retries,
    CredentialSource credentials) {

  /** Copies the environment. */
  public RegistrySettings {
    environment = Map.copyOf(environment);
  }

  /** No directory, no proxies, no credentials, the usual deadlines. */
  public static RegistrySettings of(String userAgent) {
    return new RegistrySettings(
        userAgent, "", Map.of(), Deadlines.usual(), RetryPolicy.usual(), CredentialSource.NONE);
  }

  /** The same with {@code hosts.toml} files. */
  public RegistrySettings hostsDirectory(String directories) {
    return new RegistrySettings(
        userAgent, directories, environment, deadlines, retries, credentials);
  }

  /** The same in this environment. */
  public RegistrySettings environment(Map<String, String> variables) {
    return new RegistrySettings(
        userAgent, hostsDirectory, variables, deadlines, retries, credentials);
  }

  /** The same with these deadlines. */
  public RegistrySettings deadlines(Deadlines times) {
    return new RegistrySettings(
        userAgent, hostsDirectory, environment, times, retries, credentials);
  }

  /** The same with this policy. */
  public RegistrySettings retries(RetryPolicy policy) {
    return new RegistrySettings(
        userAgent, hostsDirectory, environment, deadlines, policy, credentials);
  }

  /** The same with these credentials. */
  public RegistrySettings credentials(CredentialSource source) {
    return new RegistrySettings(userAgent, hostsDirectory, environment, deadlines, retries, source);
  }
}
