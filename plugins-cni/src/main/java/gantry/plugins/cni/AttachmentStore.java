// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InternalException;
import gantry.networks.NetworkRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers who is attached to what, on disk. An attachment is written before its programs run, so
 * that a crash leaves none that nobody knows of. Safe for concurrent use.
 */
final class AttachmentStore {
  private static final String REQUEST = "request.json";

  private final Path directory;
  private final ObjectMapper json = new ObjectMapper();

  AttachmentStore(Path root) {
    this.directory = root.resolve("attached");
  }

  /**
   * Begins the record of a container.
   *
   * @throws AlreadyExistsException if there is one
   */
  void begin(NetworkRequest request) {
    Path container = container(request.containerId());
    try {
      Files.createDirectories(directory);
      Files.createDirectory(container);
      write(container.resolve(REQUEST), toJson(request));
    } catch (FileAlreadyExistsException e) {
      throw new AlreadyExistsException(
          "attach %s to networks: it is attached; detach it first: already exists"
              .formatted(request.containerId()),
          e);
    } catch (IOException e) {
      throw new InternalException("attach %s: %s".formatted(request.containerId(), e), e);
    }
  }

  /** Writes one attachment of a container; the index is its place in the order. */
  void put(int index, Attachment attachment) {
    ObjectNode node = json.createObjectNode();
    node.put("interface", attachment.interfaceName());
    node.set("network", attachment.network().json());
    if (attachment.result() != null) {
      node.set("result", attachment.result());
    }
    String id = attachment.request().containerId();
    try {
      write(container(id).resolve(index + ".json"), node);
    } catch (IOException e) {
      throw new InternalException("attach %s: %s".formatted(id, e), e);
    }
  }

  /** The attachments of a container in order; none if it has no record. */
  List<Attachment> list(String containerId) {
    Path container = container(containerId);
    try {
      NetworkRequest request = fromJson(read(container.resolve(REQUEST)), containerId);
      List<Attachment> attachments = new ArrayList<>();
      while (Files.exists(container.resolve(attachments.size() + ".json"))) {
        attachments.add(attachment(request, read(container.resolve(attachments.size() + ".json"))));
      }
      return attachments;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new InternalException("read networks of %s: %s".formatted(containerId, e), e);
    }
  }

  /** All containers that have a record, whole or not. */
  Set<String> containers() throws IOException {
    try (Stream<Path> containers = Files.list(directory)) {
      return containers
          .map(path -> String.valueOf(path.getFileName()))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (NoSuchFileException e) {
      return Set.of();
    }
  }

  /**
   * The network namespace a container was attached by.
   *
   * @throws NoSuchFileException if the record does not say
   */
  Path namespace(String containerId) throws IOException {
    return fromJson(read(container(containerId).resolve(REQUEST)), containerId).namespace();
  }

  /** When a container's record was made; null if it is gone. */
  @Nullable Instant changed(String containerId) throws IOException {
    try {
      return Files.getLastModifiedTime(container(containerId)).toInstant();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Forgets a container. */
  void end(String containerId) {
    Path container = container(containerId);
    try (Stream<Path> files = Files.list(container)) {
      // The request last: without it a record that is half removed would be taken for none.
      files
          .sorted((a, b) -> Boolean.compare(a.endsWith(REQUEST), b.endsWith(REQUEST)))
          .forEach(AttachmentStore::delete);
      Files.deleteIfExists(container);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException | UncheckedIOException e) {
      throw new InternalException("forget networks of %s: %s".formatted(containerId, e), e);
    }
  }

  private Path container(String id) {
    return directory.resolve(id);
  }

  private Attachment attachment(NetworkRequest request, JsonNode node) {
    @Nullable JsonNode result = node.get("result");
    return new Attachment(
        request,
        NetworkConfig.of(node.path("network"), "of " + request.containerId()),
        node.path("interface").asText(),
        result);
  }

  private ObjectNode toJson(NetworkRequest request) {
    ObjectNode node = json.createObjectNode();
    node.put("namespace", request.namespace().toString());
    node.set("arguments", json.valueToTree(request.arguments()));
    node.set("capabilities", json.valueToTree(request.capabilities()));
    return node;
  }

  private static NetworkRequest fromJson(JsonNode node, String containerId) {
    return new NetworkRequest(
        containerId,
        Path.of(node.path("namespace").asText()),
        strings(node.path("arguments")),
        strings(node.path("capabilities")));
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return map;
  }

  private JsonNode read(Path file) throws IOException {
    return json.readTree(Files.readAllBytes(file));
  }

  private void write(Path file, JsonNode node) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.write(draft, json.writeValueAsBytes(node));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
