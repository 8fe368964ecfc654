// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.client.GantryClient;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Keeps what is made during one piece of work; ends with it, or after a day if we die. */
public final class WorkLease implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofHours(24);

  private final GantryClient client;
  private final String id;

  /** Makes a lease. */
  public WorkLease(GantryClient client) {
    this.client = client;
    Instant end = Instant.now().plus(LIMIT).truncatedTo(ChronoUnit.SECONDS);
    this.id =
        client.leases().create("", Labels.of(Map.of(WellKnown.GC_EXPIRE, end.toString()))).id();
  }

  /** The client under this lease. */
  public GantryClient client() {
    return client.under(id);
  }

  @Override
  public void close() {
    try {
      client.leases().delete(id, false);
    } catch (NotFoundException expired) {
      // ended by itself
    }
  }
}
