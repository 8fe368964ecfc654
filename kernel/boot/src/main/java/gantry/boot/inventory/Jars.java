// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The digests of installed jars, {@code ‹directory›/‹bundle›.jar}; each file is read once. */
final class Jars {
  private static final Logger LOG = LoggerFactory.getLogger(Jars.class);

  private final Path directory;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  Jars(Path directory) {
    this.directory = directory;
  }

  /** SHA-256 in hex; empty if the bundle was not installed but ships. */
  String sha256(String bundle) {
    Path jar = directory.resolve(bundle + ".jar");
    if (!Files.exists(jar)) {
      entries.remove(bundle);
      return "";
    }
    try {
      BasicFileAttributes attributes = Files.readAttributes(jar, BasicFileAttributes.class);
      Entry before = entries.get(bundle);
      if (before != null && before.isOf(attributes)) {
        return before.sha256();
      }
      Entry entry =
          new Entry(
              attributes.lastModifiedTime(), attributes.size(), attributes.fileKey(), digest(jar));
      entries.put(bundle, entry);
      return entry.sha256();
    } catch (IOException e) {
      LOG.debug("digest {}", jar, e);
      return "";
    }
  }

  private static String digest(Path jar) throws IOException {
    try (InputStream in = Files.newInputStream(jar)) {
      return Digest.sha256(in).hex();
    }
  }

  private record Entry(FileTime modified, long size, @Nullable Object key, String sha256) {
    boolean isOf(BasicFileAttributes file) {
      return modified.equals(file.lastModifiedTime())
          && size == file.size()
          && (key == null ? file.fileKey() == null : key.equals(file.fileKey()));
    }
  }
}
