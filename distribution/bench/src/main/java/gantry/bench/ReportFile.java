// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The result for programs, JSON: {@code date}, {@code short}, {@code machine}, {@code figures} with
 * all samples in the order in which they were taken, {@code problems}.
 */
final class ReportFile {
  private static final double ROUND = 1000;

  private ReportFile() {}

  /** Writes it; directories are made. */
  static void write(
      Path file,
      Instant date,
      Settings settings,
      Machine machine,
      List<Figure> figures,
      List<String> problems)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("date", date.toString());
    root.put("short", settings.isShort());
    ObjectNode about = root.putObject("machine");
    machine.facts().forEach(about::put);
    ArrayNode list = root.putArray("figures");
    figures.forEach(figure -> add(list.addObject(), figure));
    problems.forEach(root.putArray("problems")::add);
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Files.writeString(
        file,
        mapper.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root) + "\n");
  }

  private static void add(ObjectNode node, Figure figure) {
    node.put("row", figure.row());
    node.put("name", figure.name());
    node.put("unit", figure.unit());
    node.put("better", figure.better().name().toLowerCase(Locale.ROOT));
    node.put("statistic", figure.statistic().name().toLowerCase(Locale.ROOT));
    node.put("note", figure.note());
    side(node.putObject("gantry"), figure.gantryValue(), figure.gantry());
    if (figure.isCompared()) {
      side(node.putObject("containerd"), figure.peerValue(), figure.peer());
      node.put("ratio", round(figure.ratio()));
    }
  }

  private static void side(ObjectNode node, double value, Samples samples) {
    node.put("value", round(value));
    node.put("deviation", round(samples.deviation()));
    node.put("min", round(samples.min()));
    node.put("max", round(samples.max()));
    ArrayNode all = node.putArray("samples");
    samples.values().forEach(sample -> all.add(round(sample)));
  }

  private static double round(double value) {
    return Double.isFinite(value) ? Math.round(value * ROUND) / ROUND : value;
  }
}
