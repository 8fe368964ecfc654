// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import java.nio.file.Files;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the programs of one network in order, each with the result of the one before it. */
final class PluginChain {
  private final PluginRunner runner;
  private final ObjectMapper json = new ObjectMapper();

  PluginChain(PluginRunner runner) {
    this.runner = runner;
  }

  /** Gets a container into a network; returns the attachment with the last program's result. */
  Attachment add(Attachment attachment) {
    @Nullable JsonNode result = null;
    for (ObjectNode plugin : attachment.network().plugins()) {
      result =
          runner.run(
              Verb.ADD, attachment, namespace(attachment), input(attachment, plugin, result));
    }
    return result == null ? attachment : attachment.with(result);
  }

  /**
   * Sees whether a container is in a network as it was.
   *
   * @throws FailedPreconditionException if not
   */
  void check(Attachment attachment) {
    NetworkConfig network = attachment.network();
    if (!network.isCheckable() || network.isCheckDisabled()) {
      return;
    }
    for (ObjectNode plugin : network.plugins()) {
      ObjectNode input = input(attachment, plugin, attachment.result());
      runner.run(Verb.CHECK, attachment, namespace(attachment), input);
    }
  }

  /** Gets a container out of a network; the programs run from last to first. */
  void delete(Attachment attachment) {
    NetworkConfig network = attachment.network();
    @Nullable JsonNode result = network.isCheckable() ? attachment.result() : null;
    for (ObjectNode plugin : network.plugins().reversed()) {
      ObjectNode input = input(attachment, plugin, result);
      runner.run(Verb.DEL, attachment, namespaceIfAny(attachment), input);
    }
  }

  private ObjectNode input(Attachment attachment, ObjectNode plugin, @Nullable JsonNode previous) {
    ObjectNode input = plugin.deepCopy();
    input.put("name", attachment.network().name());
    input.put("cniVersion", attachment.network().version());
    ObjectNode wanted = runtimeConfig(plugin, attachment.request().capabilities());
    if (!wanted.isEmpty()) {
      input.set("runtimeConfig", wanted);
    }
    if (previous != null) {
      input.set("prevResult", previous);
    }
    return input;
  }

  /** Of what the container asks for, what the program says it can do. */
  private ObjectNode runtimeConfig(ObjectNode plugin, Map<String, String> capabilities) {
    ObjectNode config = json.createObjectNode();
    capabilities.forEach(
        (name, value) -> {
          if (plugin.path("capabilities").path(name).asBoolean(false)) {
            config.set(name, parse(name, value));
          }
        });
    return config;
  }

  private JsonNode parse(String name, String value) {
    try {
      return json.readTree(value);
    } catch (JsonProcessingException e) {
      throw new InvalidArgumentException(
          "network capability %s is not JSON: %s".formatted(name, e.getOriginalMessage()), e);
    }
  }

  private static String namespace(Attachment attachment) {
    return attachment.request().namespace().toString();
  }

  /** Programs release what they hold outside it also when the namespace is gone. */
  private static String namespaceIfAny(Attachment attachment) {
    return Files.exists(attachment.request().namespace()) ? namespace(attachment) : "";
  }
}
