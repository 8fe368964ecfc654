// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnauthenticatedException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.registry.Failures.Reached;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a reference points to. A host is trusted with what a tag means, so only hosts with
 * that capability are asked for one; a digest may come from any. Of the failures of several hosts
 * the one that got furthest is told.
 */
final class Resolving {
  /** containerd's limit, to the byte. */
  static final int MANIFEST_BYTES_MAX = 4 * 1048 * 1048;

  private static final String SCHEMA_1 =
      "application/vnd.docker.distribution.manifest.v1+prettyjws";
  static final String ACCEPT =
      String.join(
          ", ",
          MediaTypes.DOCKER_MANIFEST,
          MediaTypes.DOCKER_LIST,
          MediaTypes.OCI_MANIFEST,
          MediaTypes.OCI_INDEX,
          "*/*");

  private final Reference reference;
  private final List<Session> resolvers;
  private final List<Session> pullers;

  Resolving(Reference reference, List<Session> resolvers, List<Session> pullers) {
    this.reference = reference;
    this.resolvers = resolvers.stream().filter(pullers::contains).toList();
    this.pullers = pullers;
  }

  Descriptor resolve() throws IOException {
    Digest digest = reference.digest();
    List<Session> hosts = digest == null ? resolvers : pullers;
    List<String> paths =
        digest == null
            ? List.of("manifests/" + reference.tag())
            : List.of("manifests/" + digest, "blobs/" + digest);
    Failures failures = new Failures();
    for (String path : paths) {
      if (failures.beyondNotFound()) {
        break;
      }
      for (int i = 0; i < hosts.size(); i++) {
        boolean last = i == hosts.size() - 1;
        Descriptor found = ask(hosts.get(i), path, digest, last, failures);
        if (found != null) {
          return found;
        }
      }
    }
    throw failures.orElse(
        new NotFoundException(
            "%s: no resolve hosts: not found; allow one \"%s\" in hosts.toml"
                .formatted(reference, digest == null ? "resolve" : "pull")));
  }

  private @Nullable Descriptor ask(
      Session session, String path, @Nullable Digest digest, boolean last, Failures failures) {
    try (Answer answer =
        session.send(
            Call.of("HEAD", session.uri(path)).header("Accept", ACCEPT),
            Scopes.pull(reference),
            last)) {
      if (answer.status() == 404) {
        failures.add(Reached.NOT_FOUND, new NotFoundException(reference + ": not found"));
        return null;
      }
      if (!answer.good()) {
        failures.add(Reached.STATUS, refusal(session, path, answer));
        return null;
      }
      return descriptor(session, path, digest, answer);
    } catch (UnauthenticatedException e) {
      failures.add(
          Reached.TRANSPORT,
          new UnauthenticatedException(
              "pull access denied, repository does not exist or may require authorization: "
                  + e.getMessage(),
              e));
    } catch (CanceledException e) {
      throw e;
    } catch (GantryException e) {
      failures.add(
          e instanceof NotFoundException || e instanceof UnimplementedException
              ? Reached.CONTENT
              : Reached.TRANSPORT,
          e);
    } catch (IOException e) {
      failures.add(Reached.TRANSPORT, session.unreachable("resolve " + reference, e));
    }
    return null;
  }

  /** Answers to HEAD have no body, but why access is refused stands in one. */
  private GantryException refusal(Session session, String path, Answer head) throws IOException {
    if (head.status() == 403 && head.method().equals("HEAD")) {
      try (Answer get =
          session.send(
              Call.of("GET", session.uri(path)).header("Accept", ACCEPT),
              Scopes.pull(reference),
              false)) {
        if (get.status() == 403) {
          return StatusErrors.of("", head, get.errorBody());
        }
      } catch (UnauthenticatedException e) {
        return StatusErrors.of("", head, "");
      }
    }
    return StatusErrors.of("", head);
  }

  private Descriptor descriptor(Session session, String path, @Nullable Digest wanted, Answer head)
      throws IOException {
    String mediaType = mediaType(head);
    long size = ContentCoding.isCoded(head.headers()) ? -1 : head.length();
    Digest digest = wanted;
    String header = head.header("Docker-Content-Digest").orElse("");
    if (digest == null && !header.isEmpty() && size >= 0) {
      digest = digestOf(header);
    }
    if (digest == null || size < 0) {
      try (Answer get =
          session.send(
              Call.of("GET", session.uri(path)).header("Accept", ACCEPT),
              Scopes.pull(reference),
              true)) {
        if (!get.good()) {
          throw StatusErrors.of("", get);
        }
        return counted(get, wanted);
      }
    }
    return checked(mediaType, digest, size);
  }

  private static Digest digestOf(String header) {
    try {
      return Digest.parse(header);
    } catch (InvalidArgumentException e) {
      throw new FailedPreconditionException(
          "\"%s\" in header not a valid digest: %s".formatted(header, e.getMessage()), e);
    }
  }

  /** Hashes the body without keeping it. */
  private Descriptor counted(Answer get, @Nullable Digest wanted) throws IOException {
    MessageDigest hasher = Digest.hasher("sha256");
    byte[] buffer = new byte[16 * 1024];
    long size = 0;
    int n;
    while (size <= MANIFEST_BYTES_MAX && (n = get.body().read(buffer)) >= 0) {
      hasher.update(buffer, 0, n);
      size += n;
    }
    Digest digest = wanted == null ? Digest.of("sha256", hasher.digest()) : wanted;
    return checked(mediaType(get), digest, size);
  }

  private Descriptor checked(String mediaType, Digest digest, long size) {
    if (mediaType.equals(SCHEMA_1)) {
      throw new UnimplementedException(
          "%s: media type \"%s\" is no longer supported, please rebuild the image as \"%s\" or \"%s\""
              .formatted(reference, SCHEMA_1, MediaTypes.DOCKER_MANIFEST, MediaTypes.OCI_MANIFEST));
    }
    if (size > MANIFEST_BYTES_MAX) {
      throw new NotFoundException(
          "rejecting %d byte manifest for %s: not found; manifests may have %d bytes"
              .formatted(size, reference, MANIFEST_BYTES_MAX));
    }
    return Descriptor.of(mediaType, digest, size);
  }

  /** Some old registries serve schema 1 as plain text. */
  private static String mediaType(Answer answer) {
    String type = answer.header("Content-Type").orElse("");
    int semicolon = type.indexOf(';');
    String bare = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    return bare.equals("text/plain") ? SCHEMA_1 : bare;
  }
}
