// SPDX-License-Identifier: Apache-2.0
package gantry.boot.bundles;

import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;

/** The jars that win over those that ship; the launcher reads the same directory. */
public record OverrideDirectory(Path path) {
  private static final Pattern NAME = Pattern.compile("\\s*([A-Za-z0-9_.-]+)\\s*(;.*)?");

  /**
   * The symbolic name in a jar's manifest.
   *
   * @throws InvalidArgumentException if the file is no bundle
   */
  static String name(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String header =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
      Matcher matcher = NAME.matcher(header == null ? "" : header);
      if (!matcher.matches()) {
        throw new InvalidArgumentException("read bundle %s: no symbolic name".formatted(jar));
      }
      return matcher.group(1);
    } catch (IOException e) {
      throw new InvalidArgumentException("read bundle %s: %s".formatted(jar, e.getMessage()), e);
    }
  }

  /** The jar that wins for a bundle; null if the shipped one does. */
  @Nullable Path find(String name) {
    Path jar = file(name);
    return Files.exists(jar) ? jar : null;
  }

  /** Copies a jar in; it is on disk before it wins. */
  Path put(String name, Path jar) {
    Path fresh = path.resolve(name + ".new");
    try {
      Files.createDirectories(path);
      Files.copy(jar, fresh, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      return Files.move(fresh, file(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new InternalException("keep bundle %s: %s".formatted(name, e), e);
    }
  }

  /** Sets the winning jar aside, to come back by {@link #put}; null if there is none. */
  @Nullable Path setAside(String name) {
    Path jar = find(name);
    if (jar == null) {
      return null;
    }
    try {
      return Files.copy(jar, path.resolve(name + ".old"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InternalException("keep bundle %s: %s".formatted(name, e), e);
    }
  }

  /** Lets the shipped bundle win again. */
  void remove(String name) {
    try {
      Files.deleteIfExists(file(name));
    } catch (IOException e) {
      throw new InternalException("remove bundle %s: %s".formatted(name, e), e);
    }
  }

  private Path file(String name) {
    return path.resolve(name + ".jar");
  }
}
