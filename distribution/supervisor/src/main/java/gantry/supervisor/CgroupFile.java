// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A file of numbers; one that does not exist on this kernel reads as empty. */
record CgroupFile(Path path) {
  /** Its lines. */
  List<String> lines() throws IOException {
    try {
      return Files.readAllLines(path);
    } catch (FileSystemException e) {
      // no such file, or one that cannot be read in this group
      return List.of();
    }
  }

  /** Its one number; {@code max} is the largest there is, as is none. */
  long number(long missing) throws IOException {
    List<String> lines = lines();
    return lines.isEmpty() ? missing : parse(lines.getFirst().strip());
  }

  long number() throws IOException {
    return number(0);
  }

  /** Lines of name and number. */
  Map<String, Long> table() throws IOException {
    Map<String, Long> table = new HashMap<>();
    for (String line : lines()) {
      int space = line.indexOf(' ');
      if (space > 0) {
        table.put(line.substring(0, space), parse(line.substring(space + 1).strip()));
      }
    }
    return table;
  }

  static long parse(String word) {
    if (word.equals("max")) {
      return -1L;
    }
    try {
      return word.startsWith("-") ? Long.parseLong(word) : Long.parseUnsignedLong(word);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
