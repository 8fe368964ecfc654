// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Extended attributes of files of the host, by path; a symbolic link at the end is not followed.
 * Safe for concurrent use. Inside a tree that others made use {@link Directory#xattrs}.
 */
public final class Xattrs {
  private static final int DATA = 64 * 1024;

  private Xattrs() {}

  /** The value of an attribute; empty if it has none, or the filesystem has no attributes. */
  public static Optional<byte[]> find(Path path, String name) throws IOException {
    return of(path).find(name);
  }

  /** Sets an attribute, new or not. */
  public static void set(Path path, String name, byte[] value) throws IOException {
    of(path).set(name, value);
  }

  /** Removes an attribute; {@code ENODATA} if it is not there. */
  public static void remove(Path path, String name) throws IOException {
    of(path).remove(name);
  }

  /** The names of all attributes. */
  public static List<String> list(Path path) throws IOException {
    return of(path).list();
  }

  private static XattrView of(Path path) {
    return new XattrView(path.toString(), path.toString(), new Scratch(DATA));
  }
}
