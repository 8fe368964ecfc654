// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnauthenticatedException;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.registry.Repository.ByteListener;
import gantry.registry.Repository.PushResult;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Uploads to the first host that may be pushed to. */
final class Pushing {
  private static final Set<Integer> TAKEN = Set.of(200, 201, 202, 204);
  private static final int MOUNTS_MAX = 3;

  private final Reference reference;
  private final @Nullable Session host;
  private final RetryPolicy retries;
  private final Pauses pauses;

  Pushing(Reference reference, List<Session> hosts, RetryPolicy retries, Pauses pauses) {
    this.reference = reference;
    host = hosts.isEmpty() ? null : hosts.getFirst();
    this.retries = retries;
    this.pauses = pauses;
  }

  private Session host() {
    Session session = host;
    if (session == null) {
      throw new NotFoundException(
          "push %s: no push hosts: not found; allow one \"push\" in hosts.toml"
              .formatted(reference));
    }
    return session;
  }

  boolean exists(Descriptor descriptor) throws IOException {
    return isThere(host(), descriptor, path(descriptor, descriptor.digest().toString()));
  }

  PushResult push(
      Descriptor descriptor,
      BlobBody body,
      List<String> mountFrom,
      boolean tagged,
      ByteListener sent)
      throws IOException {
    Session session = host();
    String tag = reference.tag();
    boolean manifest = isManifest(descriptor);
    String name = manifest && tagged && tag != null ? tag : descriptor.digest().toString();
    String path = path(descriptor, name);
    try {
      if (isThere(session, descriptor, path)) {
        return PushResult.EXISTED;
      }
    } catch (UnauthenticatedException e) {
      // who may push need not be allowed to look
    }
    try {
      return manifest
          ? putManifest(session, descriptor, path, body, sent)
          : putBlob(session, descriptor, body, mountFrom, sent);
    } catch (UnauthenticatedException e) {
      throw new UnauthenticatedException(
          "push access denied, repository does not exist or may require authorization: "
              + e.getMessage(),
          e);
    }
  }

  private static boolean isManifest(Descriptor descriptor) {
    return MediaTypes.isManifest(descriptor.mediaType())
        || MediaTypes.isIndex(descriptor.mediaType());
  }

  private static String path(Descriptor descriptor, String name) {
    return (isManifest(descriptor) ? "manifests/" : "blobs/") + name;
  }

  private boolean isThere(Session session, Descriptor descriptor, String path) throws IOException {
    Call call =
        Call.of("HEAD", session.uri(path)).header("Accept", descriptor.mediaType() + ", */*");
    try (Answer answer = ask(session, call)) {
      if (answer.status() == 404) {
        return false;
      }
      if (!answer.good()) {
        throw StatusErrors.of("push " + reference, answer);
      }
      boolean byDigest = path.endsWith(descriptor.digest().toString());
      return byDigest
          || answer
              .header("Docker-Content-Digest")
              .filter(descriptor.digest().toString()::equals)
              .isPresent();
    }
  }

  private Answer ask(Session session, Call call) throws IOException {
    return ask(session, call, Scopes.push(reference));
  }

  private Answer ask(Session session, Call call, Set<String> scopes) throws IOException {
    try {
      return session.send(call, scopes, true);
    } catch (Transport.UploadSourceException e) {
      throw e;
    } catch (IOException e) {
      throw session.unreachable("push " + reference, e);
    }
  }

  private PushResult putManifest(
      Session session, Descriptor descriptor, String path, BlobBody body, ByteListener sent)
      throws IOException {
    Call call =
        Call.of("PUT", session.uri(path))
            .header("Content-Type", descriptor.mediaType())
            .upload(body, sent);
    try (Answer answer = retried(session, call)) {
      check(descriptor, answer);
      if (answer.header("OCI-Subject").isEmpty()) {
        new SubjectTag(reference, session).note(descriptor, body);
      }
    }
    return PushResult.UPLOADED;
  }

  /** An upload that may simply be repeated. */
  private Answer retried(Session session, Call call) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Answer answer = session.send(call, Scopes.push(reference), true);
        if (answer.status() < 500 || attempt >= retries.attempts()) {
          return answer;
        }
        answer.close();
      } catch (Transport.UploadSourceException e) {
        throw e;
      } catch (IOException e) {
        if (attempt >= retries.attempts()) {
          throw session.unreachable("push " + reference, e);
        }
      }
      pauses.pause(retries.pause(attempt));
    }
  }

  private PushResult putBlob(
      Session session,
      Descriptor descriptor,
      BlobBody body,
      List<String> mountFrom,
      ByteListener sent)
      throws IOException {
    URI upload = null;
    for (String from : mountFrom.stream().limit(MOUNTS_MAX).toList()) {
      abandon(session, upload);
      Mount mount = mount(session, descriptor, from);
      if (mount.done()) {
        return PushResult.MOUNTED;
      }
      upload = mount.upload();
    }
    for (int attempt = 1; ; attempt++) {
      if (upload == null) {
        upload = begin(session);
      }
      if (upload == null) {
        return PushResult.EXISTED;
      }
      if (sent(session, descriptor, body, upload, sent, attempt)) {
        return PushResult.UPLOADED;
      }
      pauses.pause(retries.pause(attempt));
      upload = null;
    }
  }

  /** An attempt to take a blob from another repository: done, or a place to upload to, or none. */
  private record Mount(boolean done, @Nullable URI upload) {}

  private Mount mount(Session session, Descriptor descriptor, String from) throws IOException {
    URI uri =
        session.withQuery(
            session.uri("blobs/uploads/"),
            Map.of("mount", descriptor.digest().toString(), "from", from));
    try (Answer answer = ask(session, Call.of("POST", uri), Scopes.mount(reference, from))) {
      return answer.status() == 201
          ? new Mount(true, null)
          : new Mount(false, answer.good() ? location(session, answer) : null);
    } catch (UnauthenticatedException e) {
      // the other repository is not ours to read; the blob is sent then
      return new Mount(false, null);
    }
  }

  private void abandon(Session session, @Nullable URI upload) throws IOException {
    if (upload != null && session.isSameOrigin(upload)) {
      ask(session, Call.of("DELETE", upload)).close();
    }
  }

  /** Where to upload to, or null if the registry says it has it already. */
  private @Nullable URI begin(Session session) throws IOException {
    try (Answer answer = ask(session, Call.of("POST", session.uri("blobs/uploads/")))) {
      if (answer.status() == 201) {
        return null;
      }
      if (!TAKEN.contains(answer.status())) {
        throw StatusErrors.of("push " + reference, answer);
      }
      return location(session, answer);
    }
  }

  private static URI location(Session session, Answer answer) {
    String location = answer.header("Location").orElse("");
    try {
      if (location.startsWith("/") || location.contains("://")) {
        return answer.uri().resolve(location);
      }
      if (!location.isEmpty()) {
        return URI.create(session.endpoint().scheme() + "://" + location);
      }
    } catch (IllegalArgumentException e) {
      throw misled(answer, location, e);
    }
    throw misled(answer, location, null);
  }

  private static FailedPreconditionException misled(
      Answer answer, String location, @Nullable Throwable cause) {
    return new FailedPreconditionException(
        "upload to %s: it names no place to upload to (\"%s\")"
            .formatted(answer.uri().getAuthority(), location),
        cause);
  }

  /** Whether it was taken; if not, it may be tried again from the beginning. */
  private boolean sent(
      Session session,
      Descriptor descriptor,
      BlobBody body,
      URI upload,
      ByteListener sent,
      int attempt)
      throws IOException {
    String digest = "digest=" + descriptor.digest().toString().replace(":", "%3A");
    URI place = URI.create(upload + (upload.getRawQuery() == null ? "?" : "&") + digest);
    URI uri = session.isSameOrigin(place) ? session.withQuery(place, Map.of()) : place;
    Call call =
        Call.of("PUT", uri)
            .header("Content-Type", "application/octet-stream")
            .upload(body, sent)
            .inBulk(true);
    boolean more = attempt < retries.attempts();
    try (Answer answer = session.send(call, Scopes.push(reference), true)) {
      boolean again = answer.status() >= 500 || answer.status() == 404 || answer.status() == 429;
      if (again && more) {
        return false;
      }
      check(descriptor, answer);
      return true;
    } catch (Transport.UploadSourceException e) {
      throw e;
    } catch (IOException e) {
      if (more) {
        return false;
      }
      throw session.unreachable("push " + reference, e);
    }
  }

  private void check(Descriptor descriptor, Answer answer) {
    if (!TAKEN.contains(answer.status())) {
      throw StatusErrors.of("push " + reference, answer);
    }
    String digest = answer.header("Docker-Content-Digest").orElse("");
    if (!digest.isEmpty() && !digest.equals(descriptor.digest().toString())) {
      throw new FailedPreconditionException(
          "push %s: got digest %s, expected %s; the registry took something else"
              .formatted(reference, digest, descriptor.digest()));
    }
  }
}
