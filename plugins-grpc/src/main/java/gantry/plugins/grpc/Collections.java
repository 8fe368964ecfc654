// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.gc.GarbageCollector;
import gantry.plugins.Handle;
import java.time.Duration;

/** Waiting for a collection, for requests that ask their answer to come after one. */
record Collections(Handle<GarbageCollector> collector) {
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  void await() {
    try (Handle.Lease<GarbageCollector> lease = collector.lease()) {
      lease.get().collectAndWait(DEADLINE);
    }
  }
}
