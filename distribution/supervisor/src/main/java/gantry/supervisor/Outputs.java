// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.InvalidArgumentException;
import gantry.linux.Fd;
import gantry.linux.Fifos;
import gantry.linux.Open;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens what processes write to, by the name the caller gave it. */
final class Outputs {
  private Outputs() {}

  /** The scheme of a name; a bare path has {@code fifo}. */
  static String scheme(String name) {
    int colon = name.indexOf("://");
    return colon < 0 ? "fifo" : name.substring(0, colon);
  }

  /**
   * Opens an output of a process.
   *
   * @param name empty, a path, {@code fifo://} or {@code file://}
   */
  static Fd open(String name) throws IOException {
    if (name.isEmpty()) {
      return Fd.open(Path.of("/dev/null"), Open.WRITE);
    }
    return switch (scheme(name)) {
      case "fifo" -> pipe(path(name));
      case "file" -> file(path(name));
      default ->
          throw new InvalidArgumentException("open output " + name + ": unknown STDIO scheme");
    };
  }

  /**
   * A named pipe is opened both ways: whoever has it is then never ended by a reader that goes
   * away, and the last of those to close it is the end of the output.
   */
  private static Fd pipe(Path path) throws IOException {
    return Fifos.is(path) ? Fd.open(path, Open.READ_WRITE) : Fd.open(path, Open.WRITE, Open.APPEND);
  }

  private static Fd file(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return Fd.open(path, 0644, Open.WRITE, Open.APPEND, Open.CREATE);
  }

  /** The path in a name. */
  static Path path(String name) {
    if (!name.contains("://")) {
      return Path.of(name);
    }
    try {
      return Path.of(URI.create(name).getPath());
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException("open output " + name + ": malformed URI", e);
    }
  }
}
