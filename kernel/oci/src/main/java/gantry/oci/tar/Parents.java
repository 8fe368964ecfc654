// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import gantry.linux.files.FileOperationException;
import gantry.linux.files.FileStat;
import gantry.linux.files.RootedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes directories that an entry needs and that are missing in this layer, like the nearest layer
 * below has them.
 */
final class Parents implements RootedDirectory.Maker, AutoCloseable {
  private final List<Path> lower;
  private final List<RootedDirectory> open = new ArrayList<>();

  Parents(List<Path> lower) {
    this.lower = lower;
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

  private static void copy(Directory model, Directory parent, String name) throws IOException {
    FileStat stat = model.stat(Directory.SELF);
    parent.changeOwner(name, stat.uid(), stat.gid());
    parent.changeMode(name, stat.permissions());
    parent.changeTimes(name, stat.accessed(), stat.modified());
    for (String attribute : model.xattrs(Directory.SELF).list()) {
      if (!attribute.startsWith(EntryMaker.TRUSTED)) {
        byte[] value = model.xattrs(Directory.SELF).find(attribute).orElse(new byte[0]);
        parent.xattrs(name).set(attribute, value);
      }
    }
  }
}
