// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.connect.ConnectContent;

/** The entries of a jar whose classes are on the class path. Safe for concurrent use. */
final class JarContent implements ConnectContent {
  private final Path path;
  private @Nullable JarFile jar;

  JarContent(Path path) {
    this.path = path;
  }

  @Override
  public Optional<Map<String, String>> getHeaders() {
    try {
      Map<String, String> headers = new HashMap<>();
      jar()
          .getManifest()
          .getMainAttributes()
          .forEach((name, value) -> headers.put(name.toString(), value.toString()));
      return Optional.of(headers);
    } catch (IOException e) {
      throw new IllegalStateException("read manifest of " + path, e);
    }
  }

  @Override
  public Iterable<String> getEntries() {
    List<String> names = jar().stream().map(ZipEntry::getName).toList();
    return names;
  }

  @Override
  public Optional<ConnectEntry> getEntry(String name) {
    JarFile open = jar();
    ZipEntry entry = open.getEntry(name);
    return entry == null ? Optional.empty() : Optional.of(new Entry(open, entry));
  }

  @Override
  public Optional<ClassLoader> getClassLoader() {
    return Optional.of(JarContent.class.getClassLoader());
  }

  @Override
  public synchronized void open() throws IOException {
    if (jar == null) {
      jar = new JarFile(path.toFile(), false);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (jar != null) {
      jar.close();
      jar = null;
    }
  }

  private synchronized JarFile jar() {
    if (jar == null) {
      throw new IllegalStateException(path + " is not open");
    }
    return jar;
  }

  private record Entry(JarFile jar, ZipEntry entry) implements ConnectEntry {
    @Override
    public String getName() {
      return entry.getName();
    }

    @Override
    public long getContentLength() {
      return entry.getSize();
    }

    @Override
    public long getLastModified() {
      return entry.getTime();
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return jar.getInputStream(entry);
    }
  }
}
