// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.io.IOException;
import java.util.List;

/** A repository behind its endpoints; each operation is a class of its own. */
final class HttpRepository implements Repository {
  private final Reference reference;
  private final List<Session> sessions;
  private final Resolving resolving;
  private final Fetching fetching;
  private final Pushing pushing;
  private final Referring referring;

  HttpRepository(Reference reference, List<Session> sessions, RetryPolicy retries, Pauses pauses) {
    this.reference = reference;
    this.sessions = List.copyOf(sessions);
    resolving = new Resolving(reference, with(Capability.RESOLVE), with(Capability.PULL));
    fetching = new Fetching(reference, with(Capability.PULL));
    referring = new Referring(reference, with(Capability.REFERRERS), with(Capability.RESOLVE));
    pushing = new Pushing(reference, with(Capability.PUSH), retries, pauses);
  }

  private List<Session> with(Capability capability) {
    return sessions.stream().filter(s -> s.endpoint().has(capability)).toList();
  }

  List<Session> sessions() {
    return sessions;
  }

  @Override
  public Reference reference() {
    return reference;
  }

  @Override
  public Descriptor resolve() throws IOException {
    return resolving.resolve();
  }

  @Override
  public RemoteBlob fetch(Descriptor descriptor, List<String> urls, long offset)
      throws IOException {
    return fetching.fetch(descriptor, urls, offset);
  }

  @Override
  public RemoteBlob fetchRange(Descriptor descriptor, long offset, long length) throws IOException {
    return fetching.fetchRange(descriptor, offset, length);
  }

  @Override
  public boolean exists(Descriptor descriptor) throws IOException {
    return pushing.exists(descriptor);
  }

  @Override
  public PushResult push(
      Descriptor descriptor,
      BlobBody body,
      List<String> mountFrom,
      boolean tagged,
      ByteListener sent)
      throws IOException {
    return pushing.push(descriptor, body, mountFrom, tagged, sent);
  }

  @Override
  public List<Descriptor> referrers(Digest subject, String artifactType) throws IOException {
    return referring.referrers(subject, artifactType);
  }
}
