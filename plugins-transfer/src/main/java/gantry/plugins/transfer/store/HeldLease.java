// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.store;

import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.plugins.transfer.tasks.Cleanup;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Keeps what a transfer makes from being collected: by the caller's lease, or one of its own. */
public final class HeldLease implements AutoCloseable {
  private static final Duration LIFETIME = Duration.ofHours(24);

  private final CallerStore store;
  private final boolean isOwn;

  private HeldLease(CallerStore store, boolean isOwn) {
    this.store = store;
    this.isOwn = isOwn;
  }

  /** Makes a lease if the caller has none. */
  public static HeldLease of(Handle<Metadata> metadata, Caller caller) {
    if (caller.leaseId() != null) {
      return new HeldLease(new CallerStore(metadata, caller), false);
    }
    Instant end = Instant.now().plus(LIFETIME).truncatedTo(ChronoUnit.SECONDS);
    Labels labels = Labels.of(Map.of(WellKnown.GC_EXPIRE, end.toString()));
    String id = metadata.call(plugin -> plugin.in(caller).leases().create("", labels).id());
    return new HeldLease(new CallerStore(metadata, new Caller(caller.namespace(), id)), true);
  }

  /** The store, as one sees it under the lease. */
  public CallerStore store() {
    return store;
  }

  @Override
  public void close() {
    String id = store.caller().leaseId();
    if (isOwn && id != null) {
      Cleanup.run("end lease " + id, () -> store.leases(leases -> leases.delete(id)));
    }
  }
}
