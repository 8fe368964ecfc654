// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One line of {@code /proc/<pid>/mountinfo}, {@code proc_pid_mountinfo(5)}.
 *
 * @param root what of the filesystem is mounted
 * @param target where
 * @param options those of the mount, then those of the filesystem
 */
public record MountEntry(
    int id,
    int parent,
    String device,
    String root,
    Path target,
    String type,
    String source,
    List<String> options) {
  /** Copies the options. */
  public MountEntry {
    options = List.copyOf(options);
  }

  static List<MountEntry> readAll(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    return text.lines().map(MountEntry::parse).toList();
  }

  static MountEntry parse(String line) {
    String[] words = line.split(" ", -1);
    int dash = 6;
    while (!words[dash].equals("-")) {
      dash++;
    }
    String all = words[5] + "," + words[dash + 3];
    return new MountEntry(
        Integer.parseInt(words[0]),
        Integer.parseInt(words[1]),
        words[2],
        unescape(words[3]),
        Path.of(unescape(words[4])),
        words[dash + 1],
        unescape(words[dash + 2]),
        List.of(all.split(",", -1)));
  }

  /** The kernel writes space, tab, newline and backslash as three octal digits. */
  private static String unescape(String word) {
    if (word.indexOf('\\') < 0) {
      return word;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) == '\\' && i + 3 < word.length()) {
        plain.append((char) Integer.parseInt(word, i + 1, i + 4, 8));
        i += 3;
      } else {
        plain.append(word.charAt(i));
      }
    }
    return plain.toString();
  }
}
