// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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

  /**
   * RDMA numbers of a device.
   *
   * @param handles -1 without limit, as all bits of the field are then
   */
  record Rdma(String device, int handles, int objects) {}

  /** Lines of "device hca_handle=number hca_object=number". */
  List<Rdma> rdma() throws IOException {
    List<Rdma> devices = new ArrayList<>();
    for (String line : lines()) {
      String[] words = line.strip().split(" ", -1);
      if (words.length == 3) {
        Map<String, Long> t = pairs(words);
        devices.add(
            new Rdma(
                words[0],
                t.getOrDefault("hca_handle", 0L).intValue(),
                t.getOrDefault("hca_object", 0L).intValue()));
      }
    }
    return devices;
  }

  /** Words of the form "name=number"; others are left out. */
  static Map<String, Long> pairs(String... words) {
    Map<String, Long> table = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        table.put(word.substring(0, equals), parse(word.substring(equals + 1)));
      }
    }
    return table;
  }

  /** What is between these in the names of files of a directory, for example a page size. */
  static List<String> namesBetween(Path directory, String prefix, String suffix)
      throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*" + suffix)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String between = name.substring(prefix.length(), name.length() - suffix.length());
        if (between.indexOf('.') < 0) {
          found.add(between);
        }
      }
    }
    Collections.sort(found);
    return found;
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
