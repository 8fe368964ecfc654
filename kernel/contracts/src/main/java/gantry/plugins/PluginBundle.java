// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * A bundle that runs in the daemon.
 *
 * @param name its symbolic name
 * @param version of the bundle
 * @param state in words, for example {@code active}
 * @param origin where its code comes from
 */
public record PluginBundle(String name, String version, String state, Origin origin) {
  /** Where a bundle's code comes from. */
  public enum Origin {
    /** It shipped with the daemon. */
    SHIPPED,
    /** It was installed, or took the place of a shipped one, while a daemon ran. */
    INSTALLED
  }
}
