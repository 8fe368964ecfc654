// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.linux.IdMappings;
import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directories in the options of an overlay mount.
 *
 * @param upper where changes go, or null for a read-only overlay
 * @param lower the layers below, nearest first
 * @param ids whose ids the changes have on disk, or null for the same
 */
record OverlayDirectories(@Nullable Path upper, List<Path> lower, @Nullable IdMappings ids) {
  private static final String UIDS = "uidmap=";
  private static final String GIDS = "gidmap=";

  private static final String UPPER = "upperdir=";
  private static final String LOWER = "lowerdir=";
  private static final String WORK = "workdir=";
  private static final String INDEX = "index=on";

  /** Those of a single overlay mount; empty if the mounts are anything else. */
  static Optional<OverlayDirectories> of(List<Mount> mounts) throws IOException {
    if (mounts.size() != 1 || !mounts.getFirst().type().equals("overlay")) {
      return Optional.empty();
    }
    Path upper = null;
    List<Path> lower = List.of();
    String uids = "";
    String gids = "";
    for (String option : mounts.getFirst().options()) {
      if (option.startsWith(UPPER)) {
        upper = Path.of(option.substring(UPPER.length()));
      } else if (option.startsWith(LOWER)) {
        lower = paths(option.substring(LOWER.length()));
      } else if (option.startsWith(UIDS)) {
        uids = option.substring(UIDS.length());
      } else if (option.startsWith(GIDS)) {
        gids = option.substring(GIDS.length());
      }
    }
    boolean mapped = !uids.isEmpty() || !gids.isEmpty();
    IdMappings ids = mapped ? IdMappings.parse(uids, gids) : null;
    return Optional.of(new OverlayDirectories(upper, lower, ids));
  }

  /**
   * The mounts such that nothing can be written through them. An overlay loses its upper directory
   * to the layers below: mounting one twice for writing is undefined.
   */
  static List<Mount> readOnly(List<Mount> mounts) {
    return mounts.stream().map(OverlayDirectories::readOnly).toList();
  }

  /**
   * The directory that holds all changes from {@code lower} to {@code upper}, if they are an
   * overlay and exactly what is below it.
   */
  static @Nullable Path changes(List<Mount> lower, List<Mount> upper) throws IOException {
    Optional<OverlayDirectories> over =
        of(upper).filter(overlay -> overlay.upper != null && overlay.ids == null);
    if (over.isEmpty() || upper.getFirst().options().contains(INDEX)) {
      return null;
    }
    return over.get().lower.equals(layers(lower)) ? over.get().upper : null;
  }

  private static List<Path> layers(List<Mount> mounts) throws IOException {
    if (mounts.size() == 1 && mounts.getFirst().type().equals("bind")) {
      return List.of(Path.of(mounts.getFirst().source()));
    }
    return of(mounts)
        .filter(overlay -> overlay.upper == null)
        .map(OverlayDirectories::lower)
        .orElse(List.of());
  }

  private static Mount readOnly(Mount mount) {
    List<String> options = new ArrayList<>();
    if (!mount.type().equals("overlay")) {
      options.addAll(mount.options());
      options.remove("rw");
      options.add("ro");
      return new Mount(mount.type(), mount.source(), mount.target(), options);
    }
    String upper = "";
    for (String option : mount.options()) {
      if (option.startsWith(UPPER)) {
        upper = option.substring(UPPER.length());
      } else if (!option.startsWith(WORK)) {
        options.add(option);
      }
    }
    String top = upper;
    if (!top.isEmpty()) {
      options.replaceAll(
          o -> o.startsWith(LOWER) ? LOWER + top + ":" + o.substring(LOWER.length()) : o);
    }
    return new Mount(mount.type(), mount.source(), mount.target(), options);
  }

  private static List<Path> paths(String list) {
    List<Path> paths = new ArrayList<>();
    // overlayfs writes a colon inside a path as \:
    for (String path : list.split("(?<!\\\\):", -1)) {
      paths.add(Path.of(path.replace("\\:", ":")));
    }
    return paths;
  }
}
