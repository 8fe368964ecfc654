// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/** Reads each entry of a jar to its end: what is damaged must show before it matters. */
final class ZipCheck {
  /** More than any bundle has; a small file can hold endless zeros. */
  private static final long INFLATED_MAX = 1L << 30;

  private static final byte[] LOCAL_HEADER = {'P', 'K', 3, 4};

  private long inflated;

  /**
   * Opens a jar, to be closed by the caller. Signatures are verified as entries are read.
   *
   * @throws Refusal if it is none, or not whole
   */
  static JarFile open(Path jar) throws Refusal {
    try {
      byte[] head = new byte[LOCAL_HEADER.length];
      try (InputStream in = Files.newInputStream(jar)) {
        int read = in.readNBytes(head, 0, head.length);
        if (read == 0) {
          throw Refusal.jar("the file is empty");
        }
        if (!Arrays.equals(head, LOCAL_HEADER)) {
          throw Refusal.jar("it is not a jar: it does not begin like one");
        }
      }
      return open(jar, true);
    } catch (IOException e) {
      throw Refusal.internal(e);
    }
  }

  private static JarFile open(Path jar, boolean verify) throws Refusal {
    try {
      return new JarFile(jar.toFile(), verify);
    } catch (IOException e) {
      throw Refusal.jar(
          ("the jar is not whole: its table of contents cannot be read (%s); was it copied to the"
                  + " end?")
              .formatted(e.getMessage()));
    }
  }

  /** Reads everything; afterwards the entries know who signed them. */
  List<JarEntry> readAll(JarFile jar) throws Refusal {
    List<JarEntry> entries = jar.stream().toList();
    Set<String> names = new HashSet<>();
    for (JarEntry entry : entries) {
      if (!names.add(entry.getName())) {
        throw Refusal.jar("the jar is damaged: it has entry %s twice".formatted(entry.getName()));
      }
      read(jar, entry);
    }
    return entries;
  }

  private void read(JarFile jar, JarEntry entry) throws Refusal {
    CRC32 sum = new CRC32();
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sum.update(buffer, 0, n);
        inflated += n;
        if (inflated > INFLATED_MAX) {
          throw Refusal.jar("the jar unpacks to more than %d MiB".formatted(INFLATED_MAX >> 20));
        }
      }
    } catch (IOException e) {
      throw Refusal.jar(
          "the jar is damaged: read %s: %s".formatted(entry.getName(), e.getMessage()));
    } catch (SecurityException e) {
      throw Refusal.jar("its signature does not hold: %s".formatted(e.getMessage()));
    }
    if (entry.getCrc() >= 0 && entry.getCrc() != sum.getValue()) {
      throw Refusal.jar(
          "the jar is damaged: the check sum of %s is wrong".formatted(entry.getName()));
    }
  }
}
