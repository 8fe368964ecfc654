// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.errors.InvalidArgumentException;
import gantry.oci.image.Platforms;
import gantry.plugins.transfer.unpack.UnpackRule;
import gantry.plugins.transfer.unpack.UnpackRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the plugin's table says.
 *
 * @param downloads connections that carry blobs, of all pulls together
 * @param uploads of all pushes together
 * @param unpacks layers that are unpacked at once, of all images together
 * @param chunk bytes of a range of a large layer; 0 fetches layers whole
 * @param hostsDirectory where {@code hosts.toml} files are
 */
record TransferSettings(
    int downloads, int uploads, int unpacks, int chunk, String hostsDirectory, UnpackRules rules) {
  private static final int DOWNLOADS = 4;
  private static final int UPLOADS = 3;
  private static final int UNPACKS_MIN = 2;
  private static final int UNPACKS_MAX = 4;
  private static final int CHUNK = 4 << 20;
  private static final int CHUNK_MIN = 512;
  private static final int CHUNK_MAX = 16 << 20;
  private static final String RULES = "unpack_config.";

  /** Everything as it is without a table. */
  static TransferSettings defaults() {
    return new TransferSettings(
        DOWNLOADS, UPLOADS, usualUnpacks(), CHUNK, "", UnpackRules.defaults());
  }

  /**
   * Reads the table.
   *
   * @param table for the array {@code unpack_config}, whose keys are {@code unpack_config.<n>.…}
   */
  static TransferSettings of(LocalTransfers.Config config, Map<String, ?> table) {
    return new TransferSettings(
        config.maxConcurrentDownloads() > 0 ? config.maxConcurrentDownloads() : DOWNLOADS,
        config.maxConcurrentUploadedLayers() > 0 ? config.maxConcurrentUploadedLayers() : UPLOADS,
        config.maxConcurrentUnpacks() > 0 ? config.maxConcurrentUnpacks() : usualUnpacks(),
        chunk(config.concurrentLayerFetchBuffer()),
        config.configPath(),
        rules(config.checkPlatformSupported(), table));
  }

  private static int usualUnpacks() {
    return Math.clamp(Runtime.getRuntime().availableProcessors(), UNPACKS_MIN, UNPACKS_MAX);
  }

  private static int chunk(int configured) {
    if (configured < 0) {
      return 0;
    }
    return configured < CHUNK_MIN ? CHUNK : Math.min(configured, CHUNK_MAX);
  }

  private static UnpackRules rules(boolean isStrict, Map<String, ?> table) {
    List<UnpackRule> rules = new ArrayList<>();
    for (int i = 0; table.containsKey(RULES + i + ".platform"); i++) {
      String prefix = RULES + i + ".";
      rules.add(
          new UnpackRule(
              Platforms.parse(text(table, prefix + "platform")),
              isStrict,
              snapshotter(table, prefix),
              text(table, prefix + "differ")));
    }
    return rules.isEmpty() ? UnpackRules.defaults() : new UnpackRules(rules, false);
  }

  private static String snapshotter(Map<String, ?> table, String prefix) {
    String snapshotter = text(table, prefix + "snapshotter");
    if (snapshotter.isEmpty()) {
      throw new InvalidArgumentException(
          "%ssnapshotter: it is empty, name a snapshotter, for example \"overlayfs\""
              .formatted(prefix));
    }
    return snapshotter;
  }

  private static String text(Map<String, ?> table, String key) {
    Object value = table.get(key);
    return value == null ? "" : value.toString();
  }
}
