// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.CanceledException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.oci.Descriptor;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.RefKeys;
import gantry.plugins.transfer.tasks.Claim;
import gantry.plugins.transfer.tasks.Cleanup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The ingest a blob is fetched into. */
record Ingest(CallerStore store, Descriptor descriptor) {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int LOOK_MILLIS = 200;

  /**
   * Opens it. A client that writes it itself is waited for as long as it gets on.
   *
   * @param claim shows those who wait for us how far that one is
   * @throws gantry.errors.AlreadyExistsException if the blob is there
   * @throws UnavailableException if somebody else has it open and does not get on
   */
  ContentWriter open(Claim claim) throws IOException {
    String ref = RefKeys.of(descriptor);
    IngestRequest request = new IngestRequest(ref, descriptor.size(), descriptor.digest());
    long seen = -1;
    long since = System.nanoTime();
    while (true) {
      try {
        return store.content(content -> content.writer(request));
      } catch (UnavailableException e) {
        long offset = offset(ref);
        if (offset != seen) {
          seen = offset;
          since = System.nanoTime();
          claim.moved(offset);
        } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
          throw e;
        }
        pause(ref);
      }
    }
  }

  private long offset(String ref) throws IOException {
    try {
      return store.content(content -> content.status(ref).offset());
    } catch (NotFoundException e) {
      return 0;
    }
  }

  private static void pause(String ref) {
    try {
      // nothing tells when another process lets go of a file lock
      boolean never = new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      assert !never;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("wait for ingest %s: canceled".formatted(ref), e);
    }
  }

  /** Drops it and what it has. */
  void abort() {
    String ref = RefKeys.of(descriptor);
    Cleanup.run(
        "abort ingest " + ref,
        () ->
            store.content(
                content -> {
                  content.abort(ref);
                  return true;
                }));
  }
}
