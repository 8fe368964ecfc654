// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.OutOfRangeException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnauthenticatedException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.registry.Failures.Reached;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens bodies. A host whose answer does not fit the descriptor counts as failed, and the next one
 * is asked.
 */
final class Fetching {
  /** No real manifest comes near it; layers in manifests' clothes do. */
  private static final long MANIFEST_BYTES_MAX = 8L << 20;

  /** From here on a body has a connection of HTTP/1.1 for itself instead of a share of one. */
  private static final long BULK_BYTES = 1 << 20;

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");

  private final Reference reference;
  private final List<Session> hosts;

  Fetching(Reference reference, List<Session> hosts) {
    this.reference = reference;
    this.hosts = hosts;
  }

  /**
   * What is wanted.
   *
   * @param length bytes, or -1 for all behind the offset
   */
  private record Part(Descriptor descriptor, long offset, long length) {
    boolean whole() {
      return offset == 0 && length < 0;
    }

    /** Bytes that must come, or -1. */
    long expected() {
      return length >= 0 ? length : descriptor.size() > 0 ? descriptor.size() - offset : -1;
    }

    String range() {
      return "bytes=" + offset + "-" + (length < 0 ? "" : offset + length - 1);
    }
  }

  RemoteBlob fetch(Descriptor descriptor, List<String> urls, long offset) throws IOException {
    long size = descriptor.size();
    if (offset < 0 || (size > 0 && offset > size)) {
      throw new OutOfRangeException(
          "fetch %s: offset %d is outside of its %d bytes"
              .formatted(descriptor.digest(), offset, size));
    }
    if (size > 0 && offset == size) {
      return new HttpBlob(InputStream.nullInputStream(), size, reference.host());
    }
    return open(new Part(descriptor, offset, -1), urls);
  }

  RemoteBlob fetchRange(Descriptor descriptor, long offset, long length) throws IOException {
    boolean beyond = descriptor.size() > 0 && offset + length > descriptor.size();
    if (offset < 0 || length < 1 || beyond) {
      throw new OutOfRangeException(
          "fetch %s: %d bytes from %d are outside of its %d bytes"
              .formatted(descriptor.digest(), length, offset, descriptor.size()));
    }
    return open(new Part(descriptor, offset, length), List.of());
  }

  private RemoteBlob open(Part part, List<String> urls) throws IOException {
    Descriptor descriptor = part.descriptor();
    boolean manifest = isManifest(descriptor);
    if (manifest && descriptor.size() > MANIFEST_BYTES_MAX) {
      throw tooLarge(descriptor, descriptor.size());
    }
    Failures failures = new Failures();
    for (String url : urls) {
      RemoteBlob blob = foreign(part, url, failures);
      if (blob != null) {
        return blob;
      }
    }
    String path = (manifest ? "manifests/" : "blobs/") + descriptor.digest();
    for (int i = 0; i < hosts.size(); i++) {
      Session session = hosts.get(i);
      boolean last = i == hosts.size() - 1;
      RemoteBlob blob = attempt(session, session.uri(path), part, last, failures);
      if (blob != null) {
        return blob;
      }
    }
    throw failures.orElse(
        new NotFoundException(
            "fetch %s: no pull hosts: not found; allow one \"pull\" in hosts.toml"
                .formatted(descriptor.digest())));
  }

  private static boolean isManifest(Descriptor descriptor) {
    return MediaTypes.isManifest(descriptor.mediaType())
        || MediaTypes.isIndex(descriptor.mediaType());
  }

  private @Nullable RemoteBlob foreign(Part part, String url, Failures failures) {
    if (hosts.isEmpty() || !(url.startsWith("http://") || url.startsWith("https://"))) {
      return null;
    }
    try {
      return attempt(hosts.getLast(), URI.create(url), part, false, failures);
    } catch (IllegalArgumentException e) {
      failures.add(
          Reached.TRANSPORT,
          new InvalidArgumentException("fetch %s: malformed url".formatted(url), e));
      return null;
    }
  }

  private @Nullable RemoteBlob attempt(
      Session session, URI uri, Part part, boolean last, Failures failures) {
    Descriptor descriptor = part.descriptor();
    String doing = "fetch " + descriptor.digest();
    try {
      return blob(session.send(call(uri, part), Scopes.pull(reference), last), part);
    } catch (CanceledException e) {
      throw e;
    } catch (NotFoundException e) {
      failures.add(
          Reached.NOT_FOUND,
          new NotFoundException(
              "could not fetch content descriptor %s (%s) from remote: %s: not found"
                  .formatted(descriptor.digest(), descriptor.mediaType(), uri.getAuthority()),
              e));
    } catch (UnauthenticatedException e) {
      failures.add(
          Reached.STATUS,
          new UnauthenticatedException(
              doing
                  + ": pull access denied, repository does not exist or may require authorization: "
                  + e.getMessage(),
              e));
    } catch (GantryException e) {
      failures.add(Reached.STATUS, e);
    } catch (IOException e) {
      failures.add(Reached.TRANSPORT, session.unreachable(doing, e));
    }
    return null;
  }

  private static Call call(URI uri, Part part) {
    String type = part.descriptor().mediaType();
    Call call =
        Call.of("GET", uri)
            .header("Accept", type.isEmpty() ? "*/*" : type + ", */*")
            .inBulk(part.expected() >= BULK_BYTES);
    return part.whole() ? call : call.header("Range", part.range());
  }

  private RemoteBlob blob(Answer answer, Part part) throws IOException {
    boolean handedOver = false;
    try {
      if (!answer.good()) {
        throw StatusErrors.of("fetch " + part.descriptor().digest(), answer);
      }
      RemoteBlob blob = answer.status() == 206 ? partial(answer, part) : complete(answer, part);
      handedOver = true;
      return blob;
    } finally {
      if (!handedOver) {
        answer.close();
      }
    }
  }

  private RemoteBlob partial(Answer answer, Part part) {
    Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
    if (part.whole() || !range.matches() || Long.parseLong(range.group(1)) != part.offset()) {
      throw misfit(
          answer,
          part,
          "it answered the range \"%s\"".formatted(answer.header("Content-Range").orElse("")));
    }
    long total = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
    long size = part.descriptor().size();
    if (size > 0 && total >= 0 && total != size) {
      throw misfit(answer, part, "it has %d bytes of it, not %d".formatted(total, size));
    }
    long length = Long.parseLong(range.group(2)) - part.offset() + 1;
    long expected = part.expected() >= 0 ? part.expected() : length;
    if (length != expected) {
      throw misfit(answer, part, "it sends %d bytes, not %d".formatted(length, expected));
    }
    return blob(answer, expected, total >= 0 ? total : size > 0 ? size : -1);
  }

  private RemoteBlob complete(Answer answer, Part part) throws IOException {
    if (part.length() >= 0) {
      throw new UnimplementedException(
          "fetch %s: %s serves no ranges; fetch it whole"
              .formatted(part.descriptor().digest(), answer.uri().getAuthority()));
    }
    long size = part.descriptor().size();
    long announced = ContentCoding.isCoded(answer.headers()) ? -1 : answer.length();
    if (size > 0 && announced >= 0 && announced != size) {
      throw misfit(answer, part, "it sends %d bytes, not %d".formatted(announced, size));
    }
    long total = size > 0 ? size : announced;
    if (isManifest(part.descriptor()) && total > MANIFEST_BYTES_MAX) {
      throw tooLarge(part.descriptor(), total);
    }
    if (part.offset() > 0) {
      answer.body().skipNBytes(part.offset());
    }
    long expected = total >= 0 ? total - part.offset() : -1;
    return blob(answer, expected, total);
  }

  private static RemoteBlob blob(Answer answer, long expected, long total) {
    String host = answer.uri().getAuthority();
    return new HttpBlob(
        expected < 0 ? answer.body() : new ExactBody(answer.body(), host, expected), total, host);
  }

  private static FailedPreconditionException misfit(Answer answer, Part part, String what) {
    return new FailedPreconditionException(
        "fetch %s: %s does not serve what the image names: %s; have the image pushed anew"
            .formatted(part.descriptor().digest(), answer.uri().getAuthority(), what));
  }

  private static ResourceExhaustedException tooLarge(Descriptor descriptor, long size) {
    return new ResourceExhaustedException(
        "fetch %s: manifest of %d bytes is refused; it may have %d"
            .formatted(descriptor.digest(), size, MANIFEST_BYTES_MAX));
  }
}
