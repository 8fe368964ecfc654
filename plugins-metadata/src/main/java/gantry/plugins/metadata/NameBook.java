// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code names.log} says in the end: the last line of each object. Not for concurrent use. */
final class NameBook {
  private final Map<String, Map<List<String>, NameLine>> objects = new HashMap<>();
  private int damaged;

  /** Empty if there is no file; lines that are torn or damaged are passed over. */
  static NameBook read(Path file) throws IOException {
    NameBook book = new NameBook();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(Files.newInputStream(file), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Optional<NameLine> parsed = NameLine.parse(line);
        parsed.ifPresentOrElse(book::take, () -> book.damaged++);
      }
    } catch (NoSuchFileException e) {
      return book;
    }
    return book;
  }

  private void take(NameLine line) {
    boolean isGone = line.kind().startsWith(NameRows.GONE);
    String kind = isGone ? line.kind().substring(NameRows.GONE.length()) : line.kind();
    List<String> key = line.fields().subList(0, keyLength(kind));
    Map<List<String>, NameLine> ofKind =
        objects.computeIfAbsent(kind, name -> new LinkedHashMap<>());
    if (isGone) {
      ofKind.remove(key);
    } else {
      ofKind.put(key, line);
    }
  }

  private static int keyLength(String kind) {
    return switch (kind) {
      case NameRows.NAMESPACE -> 1;
      case NameRows.SNAPSHOT -> 3;
      default -> 2;
    };
  }

  List<NameLine> all(String kind) {
    return new ArrayList<>(objects.getOrDefault(kind, Map.of()).values());
  }

  /** Lines that could not be read. */
  int damaged() {
    return damaged;
  }
}
