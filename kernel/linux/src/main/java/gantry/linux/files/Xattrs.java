// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.lang.ref.Reference;
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
    return on(path, view -> view.find(name));
  }

  /** Sets an attribute, new or not. */
  public static void set(Path path, String name, byte[] value) throws IOException {
    on(
        path,
        view -> {
          view.set(name, value);
          return value;
        });
  }

  /** Removes an attribute; {@code ENODATA} if it is not there. */
  public static void remove(Path path, String name) throws IOException {
    on(
        path,
        view -> {
          view.remove(name);
          return name;
        });
  }

  /** The names of all attributes. */
  public static List<String> list(Path path) throws IOException {
    return on(path, XattrView::list);
  }

  private interface Call<R> {
    R on(XattrView view) throws IOException;
  }

  private static <R> R on(Path path, Call<R> call) throws IOException {
    Scratch scratch = new Scratch(DATA);
    try {
      return call.on(new XattrView(path.toString(), path.toString(), scratch));
    } finally {
      Reference.reachabilityFence(scratch);
    }
  }
}
