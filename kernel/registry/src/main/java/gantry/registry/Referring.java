// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.ResourceExhaustedException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.registry.Failures.Reached;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what refers to a manifest: by the referrers API of the hosts that have it, page by page, or
 * by the tag that stands in for it. That nobody knows of any is an empty list.
 */
final class Referring {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PAGES_MAX = 100;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");

  private final Reference reference;
  private final List<Session> hosts;
  private final List<Session> tagHosts;

  Referring(Reference reference, List<Session> hosts, List<Session> fallbacks) {
    this.reference = reference;
    this.hosts = hosts;
    tagHosts = hosts.isEmpty() ? fallbacks : hosts;
  }

  List<Descriptor> referrers(Digest subject, String artifactType) throws IOException {
    Failures failures = new Failures();
    Map<String, String> query =
        artifactType.isEmpty() ? Map.of() : Map.of("artifactType", artifactType);
    for (Session host : hosts) {
      List<Descriptor> found =
          ask(
              host,
              host.withQuery(host.uri("referrers/" + subject), query),
              artifactType,
              host == hosts.getLast(),
              failures);
      if (found != null) {
        return found;
      }
    }
    for (Session host : tagHosts) {
      List<Descriptor> found =
          ask(
              host,
              host.uri("manifests/" + SubjectTag.of(subject)),
              artifactType,
              host == tagHosts.getLast(),
              failures);
      if (found != null) {
        return found;
      }
    }
    if (failures.beyondNotFound() || failures.unreached()) {
      throw failures.orElse(new FailedPreconditionException("no failure"));
    }
    return List.of();
  }

  /** Null if this host cannot tell. */
  private @Nullable List<Descriptor> ask(
      Session host, URI first, String artifactType, boolean last, Failures failures) {
    String doing = "find referrers of " + reference;
    try {
      List<Descriptor> found = new ArrayList<>();
      URI page = first;
      for (int i = 0; i < PAGES_MAX && page != null; i++) {
        Call call = Call.of("GET", page).header("Accept", MediaTypes.OCI_INDEX + ", */*");
        try (Answer answer = host.send(call, Scopes.pull(reference), last)) {
          if (!answer.good()) {
            GantryException refusal = StatusErrors.of(doing, answer);
            failures.add(answer.status() == 404 ? Reached.NOT_FOUND : Reached.STATUS, refusal);
            return null;
          }
          found.addAll(entries(answer, artifactType));
          page = next(answer);
        }
      }
      return found;
    } catch (CanceledException e) {
      throw e;
    } catch (GantryException e) {
      failures.add(Reached.STATUS, e);
    } catch (IOException e) {
      failures.add(Reached.TRANSPORT, host.unreachable(doing, e));
    }
    return null;
  }

  private static @Nullable URI next(Answer answer) {
    Matcher link = NEXT.matcher(answer.header("Link").orElse(""));
    return link.find() ? answer.uri().resolve(link.group(1)) : null;
  }

  private List<Descriptor> entries(Answer answer, String artifactType) throws IOException {
    byte[] json = answer.readAtMost(Resolving.MANIFEST_BYTES_MAX);
    if (json == null) {
      throw new ResourceExhaustedException(
          "find referrers of %s: the list is longer than %d bytes"
              .formatted(reference, Resolving.MANIFEST_BYTES_MAX));
    }
    List<Descriptor> found = new ArrayList<>();
    try {
      for (JsonNode entry : JSON.readTree(json).path("manifests")) {
        if (artifactType.isEmpty() || entry.path("artifactType").asText("").equals(artifactType)) {
          found.add(descriptor(entry));
        }
      }
    } catch (JsonProcessingException e) {
      throw new FailedPreconditionException(
          "find referrers of %s: %s answered no JSON: %s"
              .formatted(reference, answer.uri().getAuthority(), e.getOriginalMessage()),
          e);
    }
    return found;
  }

  private static Descriptor descriptor(JsonNode entry) {
    Map<String, String> annotations = new LinkedHashMap<>();
    entry
        .path("annotations")
        .properties()
        .forEach(a -> annotations.put(a.getKey(), a.getValue().asText("")));
    return new Descriptor(
        entry.path("mediaType").asText(""),
        Digest.parse(entry.path("digest").asText("")),
        entry.path("size").asLong(0),
        annotations);
  }
}
