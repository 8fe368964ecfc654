// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.IdMappings;
import gantry.linux.files.Directory;
import gantry.linux.files.FileStat;
import gantry.linux.files.RootedDirectory;
import gantry.oci.compression.MalformedStreamException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The marks for deleted files, OCI image specification "Whiteouts". */
final class Whiteouts {
  static final String PREFIX = ".wh.";

  private static final String OPAQUE = ".wh..wh..opq";
  private static final String OVERLAY_OPAQUE = "trusted.overlay.opaque";

  private final WhiteoutStyle style;
  private final RootedDirectory root;
  private final @Nullable IdMappings ids;

  /** Paths this layer has unpacked: an opaque mark spares them, even if it comes after them. */
  private final Set<String> unpacked = new HashSet<>();

  Whiteouts(WhiteoutStyle style, RootedDirectory root, @Nullable IdMappings ids) {
    this.ids = ids;
    this.style = style;
    this.root = root;
  }

  /** Notes that this layer has unpacked something. */
  void unpacked(String path) {
    if (style == WhiteoutStyle.REMOVE) {
      unpacked.add(path);
    }
  }

  /** Does what an entry asks for if it is a mark; returns whether it is one. */
  boolean apply(TarEntry entry, Directory parent, String name) throws IOException {
    if (name.equals(OPAQUE)) {
      makeOpaque(parent);
      return true;
    }
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    String hidden = name.substring(PREFIX.length());
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw new MalformedStreamException(
          "apply layer: invalid whiteout name %s/%s".formatted(parent.path(), name));
    }
    parent.removeTree(hidden);
    if (style == WhiteoutStyle.OVERLAY) {
      parent.makeNode(hidden, FileStat.CHARACTER, 0, 0);
      Owner owner = Owner.of(entry, ids);
      parent.changeOwner(hidden, owner.uid(), owner.gid());
    }
    return true;
  }

  /**
   * Hides what lower layers have below a directory that took the place of a file of this layer:
   * overlayfs would show it again.
   */
  void hideLower(Directory parent, String name) throws IOException {
    if (style == WhiteoutStyle.OVERLAY) {
      try (Directory directory = parent.child(name)) {
        makeOpaque(directory);
      }
    }
  }

  private void makeOpaque(Directory directory) throws IOException {
    switch (style) {
      case OVERLAY ->
          directory
              .xattrs(Directory.SELF)
              .set(OVERLAY_OPAQUE, "y".getBytes(StandardCharsets.US_ASCII));
      case REMOVE -> removeOthers(directory);
    }
  }

  /** With a list of its own, since directories can be deep. */
  private void removeOthers(Directory top) throws IOException {
    Deque<String> paths = new ArrayDeque<>();
    paths.push(top.path());
    while (!paths.isEmpty()) {
      try (Directory directory = root.resolve(paths.pop())) {
        for (String name : directory.list()) {
          String path = directory.path() + "/" + name;
          if (!unpacked.contains(path)) {
            directory.removeTree(name);
          } else if (directory.stat(name).isDirectory()) {
            paths.push(path);
          }
        }
      }
    }
  }
}
