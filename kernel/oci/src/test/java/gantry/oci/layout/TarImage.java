// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.oci.Digest;
import gantry.oci.tar.EntryType;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Builds image archives file by file, sane or hostile. */
final class TarImage {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  TarImage file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  TarImage file(String name, byte[] content) {
    return entry(
        TarEntry.of(EntryType.REGULAR, name, 0644, content.length, Instant.EPOCH), content);
  }

  TarImage symlink(String name, String target) {
    return entry(
        new TarEntry(
            EntryType.SYMLINK, name, 0777, 0, 0, 0, Instant.EPOCH, null, target, 0, 0, Map.of()),
        new byte[0]);
  }

  /** Adds a blob under its digest. */
  TarImage blob(byte[] content) {
    return file("blobs/sha256/" + Digest.sha256(content).hex(), content);
  }

  TarImage layoutVersion() {
    return file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  byte[] bytes() {
    try {
      tar.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  InputStream stream() {
    return new ByteArrayInputStream(bytes());
  }

  private TarImage entry(TarEntry entry, byte[] content) {
    try {
      tar.entry(entry);
      tar.content(content, 0, content.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
