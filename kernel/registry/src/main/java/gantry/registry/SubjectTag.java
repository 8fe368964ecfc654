// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;

/**
 * The tag that lists what refers to a manifest, for registries without the referrers API: OCI
 * distribution specification 1.1, "Referrers Tag Schema". Two clients that push at once may lose
 * one of their entries; the specification has no better way.
 */
final class SubjectTag {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MANIFEST_BYTES_MAX = 8 << 20;

  private final Reference reference;
  private final Session session;

  SubjectTag(Reference reference, Session session) {
    this.reference = reference;
    this.session = session;
  }

  /** {@code algorithm-hex}. */
  static String of(Digest subject) {
    return subject.algorithm() + "-" + subject.hex();
  }

  /** Adds a manifest that was just pushed to the list of its subject, if it has one. */
  void note(Descriptor descriptor, BlobBody body) throws IOException {
    if (body.size() > MANIFEST_BYTES_MAX) {
      return;
    }
    JsonNode manifest;
    try (InputStream in = body.open()) {
      manifest = JSON.readTree(in.readNBytes(MANIFEST_BYTES_MAX));
    } catch (JsonProcessingException e) {
      throw new InvalidArgumentException(
          "push %s: manifest is no JSON: %s".formatted(reference, e.getOriginalMessage()), e);
    }
    String subject = manifest.path("subject").path("digest").asText("");
    if (subject.isEmpty()) {
      return;
    }
    String path = "manifests/" + of(Digest.parse(subject));
    ObjectNode index = index(path);
    ArrayNode entries = index.withArrayProperty("manifests");
    for (JsonNode entry : entries) {
      if (entry.path("digest").asText("").equals(descriptor.digest().toString())) {
        return;
      }
    }
    entries.add(entry(descriptor, manifest));
    put(path, JSON.writeValueAsBytes(index));
  }

  private static ObjectNode entry(Descriptor descriptor, JsonNode manifest) {
    ObjectNode entry =
        JSON.createObjectNode()
            .put("mediaType", descriptor.mediaType())
            .put("digest", descriptor.digest().toString())
            .put("size", descriptor.size());
    String config = manifest.path("config").path("mediaType").asText("");
    String type = manifest.path("artifactType").asText(config);
    if (!type.isEmpty()) {
      entry.put("artifactType", type);
    }
    if (manifest.path("annotations").isObject()) {
      entry.set("annotations", manifest.path("annotations"));
    }
    return entry;
  }

  private ObjectNode index(String path) throws IOException {
    Call call = Call.of("GET", session.uri(path)).header("Accept", MediaTypes.OCI_INDEX);
    try (Answer answer = session.send(call, Scopes.push(reference), true)) {
      if (answer.good()) {
        byte[] json = answer.readAtMost(MANIFEST_BYTES_MAX);
        if (json != null && JSON.readTree(json) instanceof ObjectNode known) {
          return known;
        }
      } else if (answer.status() != 404) {
        throw StatusErrors.of("push " + reference, answer);
      }
    }
    ObjectNode index = JSON.createObjectNode();
    index.put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    index.putArray("manifests");
    return index;
  }

  private void put(String path, byte[] json) throws IOException {
    Call call =
        Call.of("PUT", session.uri(path))
            .header("Content-Type", MediaTypes.OCI_INDEX)
            .upload(BytesBody.of(json), sent -> {});
    try (Answer answer = session.send(call, Scopes.push(reference), true)) {
      if (!answer.good()) {
        throw StatusErrors.of("push " + reference, answer);
      }
    }
  }
}
