// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.metadata.Caller;
import gantry.names.Namespace;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** What the headers of a call say about its caller. Nothing is validated before it is asked for. */
record CallHeaders(@Nullable String namespaceName, @Nullable String leaseId) {
  static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> LEASE =
      Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

  static CallHeaders of(Metadata headers) {
    String lease = first(headers, LEASE);
    return new CallHeaders(
        first(headers, NAMESPACE), lease == null || lease.isEmpty() ? null : lease);
  }

  /** Clients put what holds now before what held further out. */
  private static @Nullable String first(Metadata headers, Metadata.Key<String> key) {
    Iterable<String> values = headers.getAll(key);
    return values == null ? null : values.iterator().next();
  }

  /**
   * The namespace the caller is in.
   *
   * @throws gantry.errors.FailedPreconditionException if it names none
   * @throws gantry.errors.InvalidArgumentException if that cannot be a namespace
   */
  Namespace namespace() {
    return Namespace.ofHeader(namespaceName);
  }

  /**
   * The caller with its lease, whose id is free text.
   *
   * @throws gantry.errors.FailedPreconditionException if it names no namespace
   * @throws gantry.errors.InvalidArgumentException if that cannot be a namespace
   */
  Caller caller() {
    return new Caller(namespace(), leaseId);
  }
}
