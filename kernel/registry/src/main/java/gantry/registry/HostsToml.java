// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import gantry.errors.InvalidArgumentException;
import gantry.plugins.GoDuration;
import gantry.registry.HostsDirectory.HostSection;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a {@code hosts.toml}: host tables in the order of the file, the {@code server} last. What
 * cannot be read is refused with the place and what may stand there; keys that nobody knows are
 * passed over with a warning, as containerd passes them over.
 */
final class HostsToml {
  private static final Logger log = LoggerFactory.getLogger(HostsToml.class);
  private static final Set<String> HOST_KEYS =
      Set.of(
          "capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout");

  private final Path file;
  private final String text;
  private final boolean warn;

  private HostsToml(Path file, String text, boolean warn) {
    this.file = file;
    this.text = text;
    this.warn = warn;
  }

  /**
   * Reads a file.
   *
   * @param warn whether to log what is passed over
   */
  static List<HostSection> read(Path file, boolean warn) throws IOException {
    return new HostsToml(file, Files.readString(file), warn).sections();
  }

  private List<HostSection> sections() throws IOException {
    JsonNode tree;
    try {
      tree = new TomlMapper().readTree(text);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      String reason = e.getOriginalMessage().lines().findFirst().orElse("malformed");
      throw new InvalidArgumentException(
          "read registry hosts %s:%d: %s; want TOML".formatted(file, line, reason), e);
    }
    List<HostSection> sections = new ArrayList<>();
    JsonNode hosts = tree.path("host");
    if (!hosts.isMissingNode() && !hosts.isObject()) {
      throw wrong("", "host", "is no table", "want tables [host.\"https://name\"]");
    }
    for (Map.Entry<String, JsonNode> host : hosts.properties()) {
      if (!(host.getValue() instanceof ObjectNode table)) {
        throw wrong("", host.getKey(), "is no table", "want [host.\"https://name\"]");
      }
      sections.add(section(host.getKey(), host.getKey(), table));
    }
    String server = text("", "server", tree.get("server"), "want a URL");
    sections.add(section("", server, (ObjectNode) tree));
    return sections;
  }

  private HostSection section(String table, String url, ObjectNode node) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      boolean top = table.isEmpty() && Set.of("server", "host").contains(entry.getKey());
      if (warn && !top && !HOST_KEYS.contains(entry.getKey())) {
        log.warn(
            "{}:{}: key \"{}\" is not known and without effect; known are {}",
            file,
            lineOf(table, entry.getKey()),
            entry.getKey(),
            HOST_KEYS.stream().sorted().toList());
      }
    }
    TlsFiles tls =
        new TlsFiles(
            paths(table, node.get("ca")),
            clients(table, node.get("client")),
            bool(table, "skip_verify", node.get("skip_verify")));
    Map<String, List<String>> headers = headers(table, node.get("header"));
    Duration dial = duration(table, node.get("dial_timeout"));
    Set<Capability> capabilities = capabilities(table, node.get("capabilities"));
    boolean override = Boolean.TRUE.equals(bool(table, "override_path", node.get("override_path")));
    if (url.isEmpty()) {
      return new HostSection(null, headers, tls, dial);
    }
    URI uri = uri(table, url);
    return new HostSection(
        new Endpoint(
            uri.getScheme(),
            uri.getRawAuthority(),
            root(String.valueOf(uri.getPath()), override),
            capabilities,
            headers,
            tls,
            dial),
        headers,
        tls,
        dial);
  }

  private URI uri(String table, String url) {
    String key = table.isEmpty() ? "server" : table;
    try {
      URI uri = new URI(url.contains("://") ? url : "https://" + url);
      if (uri.getHost() == null) {
        throw wrong(table, key, "names no proper host", "want http[s]://host[:port][/path]");
      }
      if (!Set.of("http", "https").contains(uri.getScheme())) {
        throw wrong(table, key, "has an unknown scheme", "want http or https");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw wrong(table, key, "is no URL: " + e.getReason(), "want http[s]://host[:port][/path]");
    }
  }

  private static String root(String path, boolean override) {
    String clean = path;
    while (clean.endsWith("/")) {
      clean = clean.substring(0, clean.length() - 1);
    }
    return override || clean.endsWith("/v2") ? clean : clean + "/v2";
  }

  private Set<Capability> capabilities(String table, @Nullable JsonNode node) {
    Set<Capability> found = EnumSet.noneOf(Capability.class);
    String allowed = "want a list of \"pull\", \"resolve\", \"push\", \"referrers\"";
    for (String name : strings(table, "capabilities", node, allowed)) {
      try {
        found.add(Capability.valueOf(name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw wrong(table, "capabilities", "has unknown capability \"" + name + "\"", allowed);
      }
    }
    return found.isEmpty() ? EnumSet.allOf(Capability.class) : found;
  }

  private List<Path> paths(String table, @Nullable JsonNode node) {
    if (node != null && node.isTextual()) {
      return List.of(path(node.textValue()));
    }
    return strings(table, "ca", node, "want a file name or a list of them").stream()
        .map(this::path)
        .toList();
  }

  private List<TlsFiles.Pair> clients(String table, @Nullable JsonNode node) {
    String allowed = "want a file name, a list of them, or a list of pairs [certificate, key]";
    List<TlsFiles.Pair> pairs = new ArrayList<>();
    if (node == null) {
      return pairs;
    }
    if (node.isTextual()) {
      pairs.add(new TlsFiles.Pair(path(node.textValue()), null));
      return pairs;
    }
    if (!node.isArray()) {
      throw wrong(table, "client", "is neither text nor list", allowed);
    }
    for (JsonNode element : node) {
      if (element.isTextual()) {
        pairs.add(new TlsFiles.Pair(path(element.textValue()), null));
        continue;
      }
      List<String> pair = strings(table, "client", element, allowed);
      if (pair.size() != 2) {
        throw wrong(table, "client", "has a pair of " + pair.size(), allowed);
      }
      String key = pair.get(1);
      pairs.add(new TlsFiles.Pair(path(pair.get(0)), key.isEmpty() ? null : path(key)));
    }
    return pairs;
  }

  private Path path(String name) {
    return file.resolveSibling(name).normalize();
  }

  private Map<String, List<String>> headers(String table, @Nullable JsonNode node) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    if (node == null) {
      return headers;
    }
    String allowed = "want a table of names with texts or lists of texts";
    if (!node.isObject()) {
      throw wrong(table, "header", "is no table", allowed);
    }
    for (Map.Entry<String, JsonNode> header : node.properties()) {
      if (!Headers.allowed(header.getKey())) {
        throw wrong(table, header.getKey(), "is a header that connections set themselves", allowed);
      }
      JsonNode value = header.getValue();
      headers.put(
          header.getKey(),
          value.isTextual()
              ? List.of(value.textValue())
              : strings(table, header.getKey(), value, allowed));
    }
    return headers;
  }

  private @Nullable Duration duration(String table, @Nullable JsonNode node) {
    String value = text(table, "dial_timeout", node, "want a text such as \"10s\"");
    if (value.isEmpty()) {
      return null;
    }
    return GoDuration.parse(value)
        .filter(_ -> value.charAt(0) != '-' && value.charAt(0) != '+')
        .orElseThrow(
            () ->
                wrong(
                    table,
                    "dial_timeout",
                    "is \"" + value + "\"",
                    "want for example \"500ms\", \"10s\""));
  }

  private @Nullable Boolean bool(String table, String key, @Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    if (!node.isBoolean()) {
      throw wrong(table, key, "is " + node, "want true or false");
    }
    return node.booleanValue();
  }

  private String text(String table, String key, @Nullable JsonNode node, String allowed) {
    if (node == null) {
      return "";
    }
    if (!node.isTextual()) {
      throw wrong(table, key, "is " + node, allowed);
    }
    return node.textValue();
  }

  private List<String> strings(String table, String key, @Nullable JsonNode node, String allowed) {
    List<String> strings = new ArrayList<>();
    if (node == null) {
      return strings;
    }
    if (!node.isArray()) {
      throw wrong(table, key, "is " + node, allowed);
    }
    for (JsonNode element : node) {
      strings.add(text(table, key, element, allowed));
    }
    return strings;
  }

  private InvalidArgumentException wrong(String table, String key, String what, String allowed) {
    return new InvalidArgumentException(
        "read registry hosts %s:%d: %skey \"%s\" %s; %s"
            .formatted(
                file,
                lineOf(table, key),
                table.isEmpty() ? "" : "host \"" + table + "\": ",
                key,
                what,
                allowed));
  }

  /** Where the key stands, or its table if that cannot be told. */
  private int lineOf(String table, String key) {
    int number = 0;
    int best = 0;
    boolean inside = table.isEmpty();
    for (String row : text.lines().toList()) {
      number++;
      String line = row.strip();
      if (line.startsWith("[")) {
        inside = !table.isEmpty() && line.contains(table);
        if (inside && best == 0) {
          best = number;
        }
      }
      boolean entry =
          line.startsWith(key) || line.startsWith("\"" + key) || line.startsWith("'" + key);
      if (inside && entry) {
        return number;
      }
    }
    return Math.max(best, 1);
  }
}
