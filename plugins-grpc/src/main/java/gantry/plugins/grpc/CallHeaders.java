// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.metadata.Caller;
import gantry.names.Namespace;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a call say about its caller. Nothing is validated before it is asked for.
 *
 * @param deadline when the caller gives up; null for never
 */
record CallHeaders(
    @Nullable String namespaceName, @Nullable String leaseId, @Nullable Deadline deadline) {
  /** So long before the caller gives up it must be answered to get the answer. */
  private static final Duration MARGIN = Duration.ofMillis(100);

  static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> LEASE =
      Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

  static CallHeaders of(Metadata headers) {
    String lease = first(headers, LEASE);
    return new CallHeaders(
        first(headers, NAMESPACE),
        lease == null || lease.isEmpty() ? null : lease,
        Context.current().getDeadline());
  }

  /** Clients put what holds now before what held further out. */
  private static @Nullable String first(Metadata headers, Metadata.Key<String> key) {
    Iterable<String> values = headers.getAll(key);
    return values == null ? null : values.iterator().next();
  }

  /** How long the caller will wait for an answer, and no longer than the given time. */
  Duration patience(Duration longest) {
    if (deadline == null) {
      return longest;
    }
    Duration left = Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)).minus(MARGIN);
    return left.isNegative() ? Duration.ZERO : left.compareTo(longest) < 0 ? left : longest;
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
