// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.names.Namespace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How tasks ended that are being taken away to be made anew, on disk: a daemon that dies in between
 * would else not know that {@code on-failure} wants them back. One small file each, {@code
 * <namespace>/<id>}. Safe for concurrent use, also by another version.
 */
final class Intents {
  private static final Logger LOG = LoggerFactory.getLogger(Intents.class);

  private final Path directory;

  Intents(Path directory) {
    this.directory = directory;
  }

  void write(ContainerName name, int exitStatus) throws IOException {
    Path file = file(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, Integer.toString(exitStatus));
  }

  /** 0 if nothing, or nothing whole, is written. */
  int read(ContainerName name) throws IOException {
    try {
      return Integer.parseInt(Files.readString(file(name)));
    } catch (NoSuchFileException | NumberFormatException none) {
      return 0;
    }
  }

  void remove(ContainerName name) {
    try {
      Files.deleteIfExists(file(name));
    } catch (IOException e) {
      LOG.warn("a note on the restart of {} stays", name, e);
    }
  }

  /** Removes those of a namespace whose containers are gone. */
  void retain(Namespace namespace, Collection<ContainerName> names) {
    Path notes = directory.resolve(namespace.name());
    if (!Files.isDirectory(notes)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(notes)) {
      for (Path file : files) {
        ContainerName name = new ContainerName(namespace, file.getFileName().toString());
        if (!names.contains(name)) {
          remove(name);
        }
      }
    } catch (IOException e) {
      LOG.warn("notes on restarts in {} cannot be looked through", notes, e);
    }
  }

  private Path file(ContainerName name) {
    return directory.resolve(name.namespace().name()).resolve(name.id());
  }
}
