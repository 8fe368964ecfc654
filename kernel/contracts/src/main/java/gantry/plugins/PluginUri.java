// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import gantry.errors.InvalidArgumentException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a plugin: type and id.
 *
 * @param type for example {@code io.containerd.snapshotter.v1}
 * @param id for example {@code overlayfs}
 */
public record PluginUri(String type, String id) {
  private static final Pattern FORM = Pattern.compile("(.+\\.v[0-9]+)\\.([^.]+)");

  /**
   * Parses {@code <type>.<id>}.
   *
   * @throws InvalidArgumentException if it is not of that form
   */
  public static PluginUri parse(String uri) {
    Matcher matcher = FORM.matcher(uri);
    if (!matcher.matches()) {
      throw new InvalidArgumentException(
          "parse plugin uri \"%s\": want <type>.v<n>.<id>".formatted(uri));
    }
    return new PluginUri(matcher.group(1), matcher.group(2));
  }

  @Override
  public String toString() {
    return type + "." + id;
  }
}
