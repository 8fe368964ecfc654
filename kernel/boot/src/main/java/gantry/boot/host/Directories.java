// SPDX-License-Identifier: Apache-2.0
package gantry.boot.host;

import gantry.errors.InternalException;
import gantry.plugins.PluginDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** One directory for each plugin under root and state, made when it is first asked for. */
public record Directories(Path root, Path state, Path libexec, Path address)
    implements PluginDirectories {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /** Others may pass through to what plugins give them there, but not look around. */
  private static final Set<PosixFilePermission> PASSABLE =
      PosixFilePermissions.fromString("rwx--x--x");

  @Override
  public Path root(String plugin) {
    return make(root.resolve(plugin), PRIVATE);
  }

  @Override
  public Path state(String plugin) {
    return make(state.resolve(plugin), PASSABLE);
  }

  private static Path make(Path directory, Set<PosixFilePermission> permissions) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, permissions);
      }
      return directory;
    } catch (IOException e) {
      throw new InternalException("make directory %s: %s".formatted(directory, e), e);
    }
  }
}
