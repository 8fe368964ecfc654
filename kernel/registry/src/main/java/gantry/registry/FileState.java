// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** By what one sees that a file has changed; equal for a file that is not there. */
record FileState(Path path, long modified, long size, @Nullable Object key) {
  static FileState of(Path path) {
    try {
      BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileState(path, a.lastModifiedTime().toMillis(), a.size(), a.fileKey());
    } catch (IOException e) {
      return new FileState(path, -1, -1, null);
    }
  }
}
