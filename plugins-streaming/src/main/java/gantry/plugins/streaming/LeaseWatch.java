// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.streaming;

import gantry.filters.FilterParser;
import gantry.leases.Lease;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.names.Namespace;
import gantry.plugins.Handle;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends streams that were opened under a lease once the lease is gone. Nobody is told when a lease
 * ends, so it looks from time to time, and only while there are such streams.
 */
final class LeaseWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaseWatch.class);

  private final OpenStreams streams;
  private final Handle<Metadata> metadata;
  private final Duration pulse;
  private final CountDownLatch closed = new CountDownLatch(1);

  LeaseWatch(OpenStreams streams, Handle<Metadata> metadata, Duration pulse) {
    this.streams = streams;
    this.metadata = metadata;
    this.pulse = pulse;
  }

  void start() {
    Thread.ofVirtual().name("stream-leases").start(this::loop);
  }

  private void loop() {
    try {
      while (!closed.await(pulse.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void look() {
    Set<Caller> callers = streams.leased();
    Map<Namespace, Set<String>> known = new HashMap<>();
    try {
      for (Caller caller : callers) {
        if (!known.computeIfAbsent(caller.namespace(), this::leases).contains(caller.leaseId())) {
          streams.closeAll(caller);
        }
      }
    } catch (RuntimeException e) {
      log.warn("cannot tell whose leases are gone; streams stay open", e);
    }
  }

  private Set<String> leases(Namespace namespace) {
    return metadata
        .call(m -> m.in(Caller.of(namespace)).leases().list(FilterParser.parse(List.of())))
        .stream()
        .map(Lease::id)
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
