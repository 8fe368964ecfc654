// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds archives entry by entry, sane or hostile, and unpacks them. */
final class Archive {
  static final Instant TIME = Instant.ofEpochSecond(1_000_000_000);

  final List<String> warnings = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);
  private boolean finished;

  Archive file(String name, String content) {
    return file(name, content, Map.of());
  }

  Archive file(String name, String content, Map<String, byte[]> xattrs) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    return add(
        new TarEntry(
            EntryType.REGULAR, name, 0644, 0, 0, data.length, TIME, null, "", 0, 0, xattrs),
        data);
  }

  Archive directory(String name) {
    return add(TarEntry.of(EntryType.DIRECTORY, name, 0755, 0, TIME), new byte[0]);
  }

  Archive symlink(String name, String target) {
    return add(
        new TarEntry(EntryType.SYMLINK, name, 0777, 0, 0, 0, TIME, null, target, 0, 0, Map.of()),
        new byte[0]);
  }

  Archive hardLink(String name, String target) {
    return add(
        TarEntry.of(EntryType.HARD_LINK, name, 0644, 0, TIME).linkedTo(name, target), new byte[0]);
  }

  Archive node(EntryType type, String name, long major, long minor) {
    return add(
        new TarEntry(type, name, 0600, 0, 0, 0, TIME, null, "", major, minor, Map.of()),
        new byte[0]);
  }

  Archive add(TarEntry entry, byte[] content) {
    try {
      tar.entry(entry);
      tar.content(content, 0, content.length);
      return this;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] bytes() throws IOException {
    if (!finished) {
      tar.finish();
      finished = true;
    }
    return bytes.toByteArray();
  }

  InputStream stream() throws IOException {
    return new ByteArrayInputStream(bytes());
  }

  void applyTo(Path directory) throws IOException {
    apply(stream(), directory, WhiteoutStyle.REMOVE);
  }

  void applyTo(Path directory, WhiteoutStyle style) throws IOException {
    apply(stream(), directory, style);
  }

  void apply(InputStream in, Path directory, WhiteoutStyle style) throws IOException {
    LayerApplier.apply(
        in, directory, new LayerApplier.Options(style, List.of(), true, warnings::add));
  }
}
