// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import com.sun.net.httpserver.HttpExchange;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The distribution API as a healthy registry answers it. */
final class Routes {
  private static final Pattern UPLOAD = Pattern.compile("/v2/(.+)/blobs/uploads/([^/]*)");
  private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/([^/]+)");
  private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/([^/]+)");
  private static final Pattern REFERRERS = Pattern.compile("/v2/(.+)/referrers/([^/]+)");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final Pattern SUBJECT =
      Pattern.compile("\"subject\"\\s*:\\s*\\{[^}]*\"digest\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern ARTIFACT = Pattern.compile("\"artifactType\"\\s*:\\s*\"([^\"]*)\"");

  private final RegistryShelf shelf;
  private final TokenDesk desk;
  private final boolean knowsReferrers;

  Routes(RegistryShelf shelf, TokenDesk desk, boolean knowsReferrers) {
    this.shelf = shelf;
    this.desk = desk;
    this.knowsReferrers = knowsReferrers;
  }

  /**
   * The healthy answer.
   *
   * @param base scheme and host of the registry
   */
  Reply answer(HttpExchange exchange, String base, boolean ranges) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/token")) {
      return desk.issue(exchange);
    }
    if (path.equals("/v2/") || path.equals("/v2")) {
      return Reply.json(200, "{}");
    }
    Matcher matcher = UPLOAD.matcher(path);
    if (matcher.matches()) {
      Reply refused = desk.refusal(exchange, base, matcher.group(1), "push");
      return refused != null ? drained(exchange, refused) : upload(exchange, matcher);
    }
    matcher = BLOB.matcher(path);
    if (matcher.matches()) {
      Reply refused = desk.refusal(exchange, base, matcher.group(1), "pull");
      return refused != null
          ? refused
          : blob(exchange, shelf.blob(matcher.group(1), matcher.group(2)), matcher, ranges);
    }
    matcher = MANIFEST.matcher(path);
    if (matcher.matches()) {
      boolean put = exchange.getRequestMethod().equals("PUT");
      Reply refused = desk.refusal(exchange, base, matcher.group(1), put ? "push" : "pull");
      if (refused != null) {
        return drained(exchange, refused);
      }
      return put ? putManifest(exchange, matcher) : manifest(matcher);
    }
    matcher = REFERRERS.matcher(path);
    if (matcher.matches() && knowsReferrers) {
      Reply refused = desk.refusal(exchange, base, matcher.group(1), "pull");
      return refused != null ? refused : referrers(exchange, matcher);
    }
    return drained(exchange, Reply.error(404, "NOT_FOUND", "no such page"));
  }

  /** An answer before the request was read would break the connection. */
  private static Reply drained(HttpExchange exchange, Reply reply) throws IOException {
    exchange.getRequestBody().readAllBytes();
    return reply;
  }

  private static Reply blob(
      HttpExchange exchange, byte @Nullable [] bytes, Matcher path, boolean ranges) {
    if (bytes == null) {
      return Reply.error(404, "BLOB_UNKNOWN", "blob unknown to registry");
    }
    Map<String, String> headers =
        Map.of(
            "Content-Type",
            "application/octet-stream",
            "Docker-Content-Digest",
            path.group(2),
            "Accept-Ranges",
            ranges ? "bytes" : "none");
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher asked = RANGE.matcher(range == null ? "" : range);
    if (!ranges || !asked.matches()) {
      return new Reply(200, headers, bytes);
    }
    long from = Long.parseLong(asked.group(1));
    long last =
        asked.group(2).isEmpty()
            ? bytes.length - 1L
            : Math.min(Long.parseLong(asked.group(2)), bytes.length - 1L);
    if (from >= bytes.length) {
      return Reply.of(416).with("Content-Range", "bytes */" + bytes.length);
    }
    return new Reply(206, headers, Arrays.copyOfRange(bytes, (int) from, (int) last + 1))
        .with("Content-Range", "bytes %d-%d/%d".formatted(from, last, bytes.length));
  }

  private Reply manifest(Matcher path) {
    RegistryShelf.Manifest found = shelf.manifest(path.group(1), path.group(2));
    return found == null
        ? Reply.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        : new Reply(
            200,
            Map.of(
                "Content-Type", found.mediaType(),
                "Docker-Content-Digest", found.digest().toString()),
            found.bytes());
  }

  private Reply putManifest(HttpExchange exchange, Matcher path) throws IOException {
    byte[] bytes = exchange.getRequestBody().readAllBytes();
    String mediaType = exchange.getRequestHeaders().getFirst("Content-Type");
    Digest digest = Digest.sha256(bytes);
    if (path.group(2).contains(":") && !path.group(2).equals(digest.toString())) {
      return Reply.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
    shelf.putManifest(path.group(1), path.group(2), String.valueOf(mediaType), bytes);
    Reply reply =
        Reply.of(201)
            .with("Location", "/v2/%s/manifests/%s".formatted(path.group(1), digest))
            .with("Docker-Content-Digest", digest.toString());
    Matcher subject = SUBJECT.matcher(Reply.text(bytes));
    return knowsReferrers && subject.find() ? reply.with("OCI-Subject", subject.group(1)) : reply;
  }

  private Reply upload(HttpExchange exchange, Matcher path) throws IOException {
    String repository = path.group(1);
    Map<String, List<String>> query =
        TokenDesk.form(String.valueOf(exchange.getRequestURI().getRawQuery()));
    byte[] sent = exchange.getRequestBody().readAllBytes();
    return switch (exchange.getRequestMethod()) {
      case "POST" -> begin(repository, query);
      case "PATCH" -> append(path, sent);
      case "PUT" -> finish(path, query, sent);
      default -> Reply.error(405, "UNSUPPORTED", "method not allowed");
    };
  }

  private Reply begin(String repository, Map<String, List<String>> query) {
    String mount = query.getOrDefault("mount", List.of("")).getFirst();
    byte[] there =
        mount.isEmpty()
            ? null
            : shelf.blob(query.getOrDefault("from", List.of("")).getFirst(), mount);
    if (there != null) {
      shelf.putBlob(repository, Digest.parse(mount), there);
      return Reply.of(201)
          .with("Location", "/v2/%s/blobs/%s".formatted(repository, mount))
          .with("Docker-Content-Digest", mount);
    }
    return Reply.of(202).with("Location", uploadPath(repository, shelf.beginUpload()));
  }

  private Reply append(Matcher path, byte[] sent) {
    ByteArrayOutputStream upload = shelf.upload(path.group(2));
    if (upload == null) {
      return Reply.error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    }
    upload.writeBytes(sent);
    return Reply.of(202)
        .with("Location", uploadPath(path.group(1), path.group(2)))
        .with("Range", "0-" + (upload.size() - 1));
  }

  private Reply finish(Matcher path, Map<String, List<String>> query, byte[] sent) {
    ByteArrayOutputStream upload = shelf.upload(path.group(2));
    if (upload == null) {
      return Reply.error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    }
    upload.writeBytes(sent);
    byte[] whole = upload.toByteArray();
    Digest wanted = Digest.parse(query.getOrDefault("digest", List.of("")).getFirst());
    Digest is = Digest.of(wanted.algorithm(), Digest.hasher(wanted.algorithm()).digest(whole));
    if (!is.equals(wanted)) {
      return Reply.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
    shelf.endUpload(path.group(2));
    shelf.putBlob(path.group(1), wanted, whole);
    return Reply.of(201)
        .with("Location", "/v2/%s/blobs/%s".formatted(path.group(1), wanted))
        .with("Docker-Content-Digest", wanted.toString());
  }

  private static String uploadPath(String repository, String id) {
    return "/v2/%s/blobs/uploads/%s".formatted(repository, id);
  }

  private Reply referrers(HttpExchange exchange, Matcher path) {
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    String wanted = TokenDesk.form(query).getOrDefault("artifactType", List.of("")).getFirst();
    StringBuilder entries = new StringBuilder();
    for (RegistryShelf.Manifest manifest : shelf.manifests(path.group(1))) {
      String json = Reply.text(manifest.bytes());
      Matcher subject = SUBJECT.matcher(json);
      Matcher artifact = ARTIFACT.matcher(json);
      String type = artifact.find() ? artifact.group(1) : "";
      boolean refers = subject.find() && subject.group(1).equals(path.group(2));
      if (refers && (wanted.isEmpty() || wanted.equals(type))) {
        entries
            .append(entries.isEmpty() ? "" : ",")
            .append(
                "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"artifactType\":\"%s\"}"
                    .formatted(
                        manifest.mediaType(), manifest.digest(), manifest.bytes().length, type));
      }
    }
    Reply reply =
        Reply.json(
                200,
                """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}\
                """
                    .formatted(entries))
            .with("Content-Type", "application/vnd.oci.image.index.v1+json");
    return wanted.isEmpty() ? reply : reply.with("OCI-Filters-Applied", "artifactType");
  }
}
