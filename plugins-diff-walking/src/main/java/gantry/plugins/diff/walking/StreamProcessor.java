// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A program of the operator that turns layers of one media type into another: decrypts, for
 * example. The table {@code stream_processors} of the configuration names them.
 *
 * @param id names the payload meant for it
 * @param accepts media types it takes
 * @param returns media type it makes
 * @param path of the program; without a slash it is looked for in {@code PATH}
 * @param args its arguments
 * @param env {@code NAME=value}, beside the daemon's own environment
 */
record StreamProcessor(
    String id,
    Set<String> accepts,
    String returns,
    String path,
    List<String> args,
    List<String> env) {
  StreamProcessor {
    accepts = Set.copyOf(accepts);
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  /**
   * Where the program is.
   *
   * @throws ProcessorException if it is nowhere
   */
  Path program() throws ProcessorException {
    if (path.indexOf('/') >= 0) {
      return Path.of(path);
    }
    String directories = System.getenv("PATH");
    for (String directory :
        (directories == null ? "" : directories).split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory).resolve(path);
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw new ProcessorException(
        "stream processor %s: %s is not in PATH; install it or name it with its directory"
            .formatted(id, path));
  }
}
