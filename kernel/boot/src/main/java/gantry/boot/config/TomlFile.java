// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One file, read whole. Tables are maps, arrays lists, numbers {@code Long} or {@code Double},
 * dates strings.
 *
 * @param errors of syntax; lines with errors are left out of the tree
 */
record TomlFile(Path path, Map<String, Object> tree, KeyLines lines, List<Problem> errors) {
  /** A file that is this broken is no TOML at all. */
  private static final int ERRORS_MAX = 20;

  static TomlFile read(Path path) throws IOException {
    return parse(path, Files.readString(path));
  }

  /**
   * The parser gives up at the first error, so its line is blanked and the rest parsed again until
   * no error is left: whoever mends the file sees all of them at once.
   */
  static TomlFile parse(Path path, String text) throws IOException {
    List<String> rows = new ArrayList<>(text.lines().toList());
    List<Problem> errors = new ArrayList<>();
    while (true) {
      try {
        Map<String, Object> tree = tree(String.join("\n", rows));
        return new TomlFile(path, tree, KeyLines.of(text), List.copyOf(errors));
      } catch (JsonProcessingException e) {
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        errors.add(new Problem(path, line, firstLine(e.getOriginalMessage())));
        boolean hopeless =
            line < 1
                || line > rows.size()
                || rows.get(line - 1).isBlank()
                || errors.size() == ERRORS_MAX;
        if (hopeless) {
          return new TomlFile(path, Map.of(), KeyLines.of(text), List.copyOf(errors));
        }
        rows.set(line - 1, "");
      }
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("malformed");
  }

  private static Map<String, Object> tree(String text) throws IOException {
    try (JsonParser parser = new TomlFactory().createParser(text)) {
      parser.nextToken();
      return table(parser);
    }
  }

  private static Map<String, Object> table(JsonParser parser) throws IOException {
    Map<String, Object> table = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      table.put(key, value(parser));
    }
    return table;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> table(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> parser.getText();
    };
  }
}
