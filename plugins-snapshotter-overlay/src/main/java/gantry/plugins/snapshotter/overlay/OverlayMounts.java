// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.mounts.Mount;
import gantry.snapshots.SnapshotKind;
import gantry.store.snapshots.SnapshotChain;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The mounts of a snapshot. A single directory is shown by a bind mount, for overlayfs wants at
 * least two.
 *
 * @param features options the kernel wants
 * @param configured options the operator wants, for overlays only; the last of a kind wins
 */
record OverlayMounts(OverlayLayout layout, OverlayFeatures features, List<String> configured) {
  OverlayMounts {
    configured = List.copyOf(configured);
  }

  /**
   * The mounts.
   *
   * @param mapping options that show layers below with the owners of a user namespace; its own
   *     layer has them on disk
   */
  List<Mount> of(SnapshotChain chain, List<String> mapping) {
    boolean isActive = chain.kind() == SnapshotKind.ACTIVE;
    List<Long> parents = chain.parentIds();
    if (parents.isEmpty()) {
      return bind(chain.id(), isActive ? "rw" : "ro", List.of());
    }
    if (!isActive && parents.size() == 1) {
      return bind(parents.getFirst(), "ro", mapping);
    }
    List<String> options = new ArrayList<>(mapping);
    options.addAll(options(chain, isActive));
    return List.of(Mount.of("overlay", "overlay", options));
  }

  private List<Mount> bind(long id, String access, List<String> mapping) {
    List<String> options = new ArrayList<>(mapping);
    options.add(access);
    options.add("rbind");
    return List.of(Mount.of("bind", layout.layer(id).toString(), options));
  }

  private List<String> options(SnapshotChain chain, boolean isActive) {
    List<String> options = new ArrayList<>();
    if (features.index() && !isConfigured("index")) {
      // With an index two mounts of one layer are refused, and containers do share layers.
      options.add("index=off");
    }
    if (features.userXattr() && !isConfigured("userxattr")) {
      options.add("userxattr");
    }
    if (isActive) {
      options.add("workdir=" + layout.work(chain.id()));
      options.add("upperdir=" + layout.layer(chain.id()));
    }
    options.add(
        chain.parentIds().stream()
            .map(id -> layout.layer(id).toString())
            .collect(Collectors.joining(":", "lowerdir=", "")));
    options.addAll(configured);
    return options;
  }

  private boolean isConfigured(String key) {
    return configured.stream()
        .anyMatch(option -> option.equals(key) || option.startsWith(key + "="));
  }
}
