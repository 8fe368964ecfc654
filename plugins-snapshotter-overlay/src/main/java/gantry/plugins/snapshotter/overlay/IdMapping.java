// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.IdMappings;
import gantry.plugins.snapshotter.overlay.OverlayLayout.Owner;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The user namespace a snapshot is for, as labels tell: {@code container:host:length[,...]}.
 *
 * @param users the label, as it is
 * @param groups the label, as it is
 * @param root what the container's root is on the host
 */
record IdMapping(String users, String groups, Owner root) {
  /**
   * That of a snapshot with these labels, if it is for one.
   *
   * @throws InvalidArgumentException if a label is missing or malformed, or does not map 0
   */
  static Optional<IdMapping> of(Labels labels) {
    Optional<String> users = labels.find(WellKnown.SNAPSHOT_UID_MAPPING);
    Optional<String> groups = labels.find(WellKnown.SNAPSHOT_GID_MAPPING);
    if (users.isEmpty() && groups.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(parse(users.orElse(""), groups.orElse("")));
  }

  private static IdMapping parse(String users, String groups) {
    try {
      IdMappings ids = IdMappings.parse(users, groups);
      if (ids.user(0) < 0 || ids.group(0) < 0) {
        throw new InvalidArgumentException(
            "parse id mapping \"%s\", \"%s\": nothing maps the container's root"
                .formatted(users, groups));
      }
      return new IdMapping(users, groups, new Owner((int) ids.user(0), (int) ids.group(0)));
    } catch (IOException e) {
      throw new InvalidArgumentException("make snapshot: " + e.getMessage(), e);
    }
  }

  /** The options of mounts that show layers so. */
  List<String> options() {
    return List.of("uidmap=" + users, "gidmap=" + groups);
  }
}
