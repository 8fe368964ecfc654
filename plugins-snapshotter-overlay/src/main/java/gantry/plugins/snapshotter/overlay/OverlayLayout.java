// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.snapshots.SnapshotKind;
import gantry.store.snapshots.SnapshotDirectories;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Every path of a snapshot.
 *
 * @param directories the places of the snapshots
 */
record OverlayLayout(SnapshotDirectories directories) {
  private static final String LAYER_MODE = "rwxr-xr-x";
  private static final String WORK_MODE = "rwx--x--x";

  /** Who owns the root directory of a layer. */
  record Owner(int uid, int gid) {
    static final Owner ROOT = new Owner(0, 0);
  }

  Path layer(long id) {
    return directories.of(id).resolve("fs");
  }

  Path work(long id) {
    return directories.of(id).resolve("work");
  }

  Owner owner(long id) throws IOException {
    return new Owner(id(layer(id), "unix:uid"), id(layer(id), "unix:gid"));
  }

  private static int id(Path path, String attribute) throws IOException {
    return (int) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes the directories of a snapshot; those that are there already stay. */
  void make(long id, SnapshotKind kind, Owner owner) throws IOException {
    makeDirectory(directories.of(id), WORK_MODE);
    makeDirectory(layer(id), LAYER_MODE);
    if (!owner.equals(owner(id))) {
      Files.setAttribute(layer(id), "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(layer(id), "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
    }
    if (kind == SnapshotKind.ACTIVE) {
      makeDirectory(work(id), WORK_MODE);
    }
  }

  /** The mode is set after, for the umask clears bits while the directory is made. */
  private static void makeDirectory(Path path, String mode) throws IOException {
    try {
      Files.createDirectory(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    } catch (FileAlreadyExistsException e) {
      return;
    }
  }
}
