// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.boot.config.DaemonConfig;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tables of plugins that are not there, which most often have a name misspelt. */
public final class UnknownTables {
  private static final Logger LOG = LoggerFactory.getLogger(UnknownTables.class);
  private static final String SOCKETS = "io.containerd.server.v1.";

  private UnknownTables() {}

  /**
   * The URIs of the tables without a plugin.
   *
   * @param plugins URIs of those that are there
   */
  public static List<String> of(DaemonConfig config, Set<String> plugins) {
    return config.plugins().keySet().stream()
        .filter(uri -> !plugins.contains(uri) && !uri.startsWith(SOCKETS))
        .toList();
  }

  /** Tells whoever reads the log. */
  public static void warn(String uri) {
    LOG.warn("config: table of plugin {} is ignored: no such plugin", uri);
  }
}
