// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.IdMappings;
import gantry.linux.files.Directory;
import gantry.linux.files.FileOperationException;
import gantry.linux.files.FileStat;
import gantry.linux.files.RootedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes directories that an entry needs and that are missing in this layer, like the nearest layer
 * below has them.
 */
final class Parents implements RootedDirectory.Maker, AutoCloseable {
  private final List<Path> lower;
  private final @Nullable IdMappings ids;
  private final List<RootedDirectory> open = new ArrayList<>();

  Parents(List<Path> lower, @Nullable IdMappings ids) {
    this.lower = lower;
    this.ids = ids;
  }

  @Override
  public void make(Directory parent, String name) throws IOException {
    parent.makeDirectory(name, 0755);
    String path = parent.path() + "/" + name;
    for (RootedDirectory layer : opened()) {
      try (Directory model = layer.resolve(path)) {
        copy(model, parent, name);
        return;
      } catch (FileOperationException e) {
        if (e.errno() == FileOperationException.ENOTDIR) {
          break;
        }
        if (e.errno() != FileOperationException.ENOENT) {
          throw e;
        }
      }
    }
    if (ids != null) {
      parent.changeOwner(name, (int) ids.user(0), (int) ids.group(0));
    }
    parent.changeMode(name, 0755);
  }

  @Override
  public void close() {
    open.forEach(RootedDirectory::close);
  }

  private List<RootedDirectory> opened() throws IOException {
    while (open.size() < lower.size()) {
      open.add(RootedDirectory.open(lower.get(open.size())));
    }
    return open;
  }

  private void copy(Directory model, Directory parent, String name) throws IOException {
    FileStat stat = model.stat(Directory.SELF);
    changeOwner(parent, name, stat);
    parent.changeMode(name, stat.permissions());
    parent.changeTimes(name, stat.accessed(), stat.modified());
    for (String attribute : model.xattrs(Directory.SELF).list()) {
      if (!attribute.startsWith(EntryMaker.TRUSTED)) {
        byte[] value = model.xattrs(Directory.SELF).find(attribute).orElse(new byte[0]);
        parent.xattrs(name).set(attribute, value);
      }
    }
  }

  /** The layers below have the container's owners; -1 leaves whom the kernel gave it to. */
  private void changeOwner(Directory parent, String name, FileStat stat) throws IOException {
    int uid = ids == null ? stat.uid() : (int) ids.user(Integer.toUnsignedLong(stat.uid()));
    int gid = ids == null ? stat.gid() : (int) ids.group(Integer.toUnsignedLong(stat.gid()));
    parent.changeOwner(name, uid, gid);
  }
}
