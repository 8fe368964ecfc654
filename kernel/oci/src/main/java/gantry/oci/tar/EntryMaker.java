// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.IdMappings;
import gantry.linux.files.Directory;
import gantry.linux.files.FileOperationException;
import gantry.linux.files.FileStat;
import gantry.linux.files.OpenFile;
import gantry.linux.files.RootedDirectory;
import gantry.oci.compression.MalformedStreamException;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes one file of a layer, with owner, attributes, mode and times in this order. */
final class EntryMaker {
  static final String TRUSTED = "trusted.";

  private static final long NODE_MAX = 0xffffffffL;

  private final RootedDirectory root;
  private final @Nullable IdMappings ids;
  private final Consumer<String> warnings;

  EntryMaker(RootedDirectory root, @Nullable IdMappings ids, Consumer<String> warnings) {
    this.root = root;
    this.ids = ids;
    this.warnings = warnings;
  }

  /**
   * Makes it; the name is free, or a directory where the entry is one too. A regular file replaces
   * whatever has its name.
   */
  void make(TarEntry entry, Directory parent, String name, TarReader content) throws IOException {
    switch (entry.type()) {
      case REGULAR -> {
        makeFile(entry, parent, name, content);
        return;
      }
      case DIRECTORY -> {
        if (parent.find(name).isEmpty()) {
          parent.makeDirectory(name, 0700);
        }
      }
      case SYMLINK -> parent.makeSymlink(name, entry.linkName());
      case HARD_LINK -> makeLink(entry, parent, name);
      case CHARACTER -> makeNode(entry, parent, name, FileStat.CHARACTER);
      case BLOCK -> makeNode(entry, parent, name, FileStat.BLOCK);
      case FIFO -> makeNode(entry, parent, name, FileStat.FIFO);
      case GLOBAL_HEADER -> throw new IllegalArgumentException("not a file: " + entry.name());
    }
    Owner owner = Owner.of(entry, ids);
    parent.changeOwner(name, owner.uid(), owner.gid());
    setXattrs(entry, parent, name);
    parent.changeMode(name, entry.permissions());
    parent.changeTimes(name, LayerApplier.accessed(entry), entry.modified());
  }

  private void makeFile(TarEntry entry, Directory parent, String name, TarReader content)
      throws IOException {
    Owner owner = Owner.of(entry, ids);
    try (OpenFile file = create(parent, name)) {
      content.content(new FileContent(file, entry.size()));
      file.changeOwner(owner.uid(), owner.gid());
      setXattrs(entry, parent, name);
      file.changeMode(entry.permissions());
      file.changeTimes(LayerApplier.accessed(entry), entry.modified());
    }
  }

  private static OpenFile create(Directory parent, String name) throws IOException {
    try {
      return parent.create(name, 0600);
    } catch (FileOperationException e) {
      if (e.errno() != FileOperationException.EEXIST) {
        throw e;
      }
      parent.removeTree(name);
      return parent.create(name, 0600);
    }
  }

  /**
   * Links to the entry itself, also where it is a symbolic link; its parents are followed inside.
   */
  private void makeLink(TarEntry entry, Directory parent, String name) throws IOException {
    String target = entry.linkName();
    int slash = target.lastIndexOf('/');
    String base = target.substring(slash + 1);
    if (base.isEmpty() || base.equals(".") || base.equals("..")) {
      throw new MalformedStreamException(
          "apply layer: hard link %s to a directory: %s".formatted(entry.name(), target));
    }
    try (Directory from = root.resolve(target.substring(0, slash + 1))) {
      parent.makeLink(name, from, base);
    }
  }

  private static void makeNode(TarEntry entry, Directory parent, String name, int type)
      throws IOException {
    boolean device = type != FileStat.FIFO;
    if (device && (isOutOfRange(entry.nodeMajor()) || isOutOfRange(entry.nodeMinor()))) {
      throw new MalformedStreamException(
          "apply layer: device number %d:%d of %s is out of range"
              .formatted(entry.nodeMajor(), entry.nodeMinor(), entry.name()));
    }
    int major = device ? (int) entry.nodeMajor() : 0;
    int minor = device ? (int) entry.nodeMinor() : 0;
    parent.makeNode(name, type | entry.permissions(), major, minor);
  }

  private static boolean isOutOfRange(long number) {
    return number < 0 || number > NODE_MAX;
  }

  /** Attributes that steer the host's own filesystems are refused; others may be unsupported. */
  private void setXattrs(TarEntry entry, Directory parent, String name) throws IOException {
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      if (xattr.getKey().startsWith(TRUSTED)) {
        warnings.accept("%s: ignored xattr %s".formatted(entry.name(), xattr.getKey()));
        continue;
      }
      try {
        parent.xattrs(name).set(xattr.getKey(), xattr.getValue());
      } catch (FileOperationException e) {
        if (!isIgnored(e, xattr.getKey(), parent.stat(name))) {
          throw e;
        }
        warnings.accept("%s: ignored xattr %s".formatted(entry.name(), xattr.getKey()));
      }
    }
  }

  /** Only regular files and directories can have attributes of users, see xattr(7). */
  private static boolean isIgnored(FileOperationException e, String attribute, FileStat stat) {
    boolean special = !stat.isRegular() && !stat.isDirectory();
    return e.errno() == FileOperationException.ENOTSUP
        || (e.errno() == FileOperationException.EPERM && attribute.startsWith("user.") && special);
  }

  /** Writes content, and leaves holes as holes. */
  private static final class FileContent implements TarReader.ContentSink {
    private final OpenFile file;
    private final long size;
    private boolean holes;

    FileContent(OpenFile file, long size) {
      this.file = file;
      this.size = size;
    }

    @Override
    public void data(byte[] bytes, int offset, int length) throws IOException {
      file.write(bytes, offset, length);
    }

    @Override
    public void hole(long length) throws IOException {
      if (!holes) {
        holes = true;
        file.truncate(size);
      }
      file.skip(length);
    }
  }
}
