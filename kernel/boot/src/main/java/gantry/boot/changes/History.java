// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.plugins.PluginChange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was done, one JSON object a line. A line that a killed daemon left half written is passed
 * over. Safe for concurrent use.
 */
final class History {
  /** How many are kept. */
  static final int MAX = 1000;

  /** How many more there may be before the file is written anew. */
  private static final int SLACK = 100;

  private final Path file;
  private final JsonMapper mapper = new JsonMapper();

  History(Path file) {
    this.file = file;
  }

  /** The last thousand, oldest first. */
  synchronized List<PluginChange> all() throws IOException {
    List<String> lines = lines();
    List<PluginChange> changes = new ArrayList<>();
    for (String line : lines.subList(Math.max(0, lines.size() - MAX), lines.size())) {
      parse(line).ifPresent(changes::add);
    }
    return changes;
  }

  /** Adds one; it is on disk when this returns. */
  synchronized void add(PluginChange change) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      String line = write(change) + "\n";
      write(channel, channel.size(), endsLine(channel) ? line : "\n" + line);
    }
    List<String> lines = lines();
    if (lines.size() > MAX + SLACK) {
      rewrite(lines.subList(lines.size() - MAX, lines.size()));
    }
  }

  private void rewrite(List<String> lines) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, 0, String.join("\n", lines) + "\n");
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    BundleStore.sync(file.resolveSibling("."));
  }

  private static void write(FileChannel channel, long position, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    channel.force(true);
  }

  private static boolean endsLine(FileChannel channel) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return channel.size() == 0
        || (channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n');
  }

  private List<String> lines() throws IOException {
    return Files.exists(file)
        ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList()
        : List.of();
  }

  private String write(PluginChange change) throws JsonProcessingException {
    ObjectNode node = mapper.createObjectNode();
    node.put("at", change.at().toString());
    node.put("kind", word(change.kind()));
    node.put("bundle", change.bundle());
    change.plugins().forEach(node.putArray("plugins")::add);
    node.put("from", change.from());
    node.put("to", change.to());
    node.put("sha256", change.sha256());
    node.put("outcome", word(change.outcome()));
    node.put("problem", change.problem());
    return mapper.writeValueAsString(node);
  }

  private Optional<PluginChange> parse(String line) {
    try {
      JsonNode node = mapper.readTree(line);
      List<String> plugins = new ArrayList<>();
      node.path("plugins").forEach(plugin -> plugins.add(plugin.asText()));
      return Optional.of(
          new PluginChange(
              Instant.parse(node.path("at").asText()),
              PluginChange.Kind.valueOf(constant(node, "kind")),
              node.path("bundle").asText(),
              plugins,
              node.path("from").asText(),
              node.path("to").asText(),
              node.path("sha256").asText(),
              PluginChange.Outcome.valueOf(constant(node, "outcome")),
              node.path("problem").asText()));
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String constant(JsonNode node, String key) {
    return node.path(key).asText().toUpperCase(Locale.ROOT);
  }
}
