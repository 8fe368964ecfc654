// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.UnavailableException;
import gantry.gc.GarbageCollector;
import gantry.plugins.Handle;
import java.time.Duration;

/** Waiting for a collection, for requests that ask their answer to come after one. */
record Collections(Handle<GarbageCollector> collector) {
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  /** In the next version if this one was stopped before it could begin. */
  void await() {
    GarbageCollector asked = null;
    while (true) {
      try (Handle.Lease<GarbageCollector> lease = collector.lease()) {
        GarbageCollector before = asked;
        asked = lease.get();
        try {
          asked.collectAndWait(DEADLINE);
          return;
        } catch (UnavailableException e) {
          if (asked.equals(before)) {
            throw e;
          }
        }
      }
    }
  }
}
