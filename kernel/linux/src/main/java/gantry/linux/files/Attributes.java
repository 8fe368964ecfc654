// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.util.Optional;

/** Gives one file the owner, extended attributes, mode and times of another. */
final class Attributes {
  private static final int EACCES = 13;

  private Attributes() {}

  /** A change of owner clears set-id bits and capabilities, so it is first; times are last. */
  static void copy(FileStat stat, Directory from, String source, Directory to, String target)
      throws IOException {
    to.changeOwner(target, stat.uid(), stat.gid());
    copyXattrs(from.xattrs(source), to.xattrs(target));
    if (!stat.isSymlink()) {
      to.changeMode(target, stat.permissions());
    }
    to.changeTimes(target, stat.accessed(), stat.modified());
  }

  private static void copyXattrs(XattrView from, XattrView to) throws IOException {
    for (String name : from.list()) {
      Optional<byte[]> value = from.find(name);
      if (value.isPresent()) {
        set(to, name, value.get());
      }
    }
  }

  private static void set(XattrView to, String name, byte[] value) throws IOException {
    try {
      to.set(name, value);
    } catch (FileOperationException e) {
      if (!isLabel(name) || !isRefused(e.errno())) {
        throw e;
      }
    }
  }

  /** Security modules label files by rules of their own; only capabilities belong to the file. */
  private static boolean isLabel(String name) {
    return name.startsWith("security.") && !name.equals("security.capability");
  }

  private static boolean isRefused(int errno) {
    return errno == FileOperationException.EPERM
        || errno == FileOperationException.ENOTSUP
        || errno == EACCES;
  }
}
