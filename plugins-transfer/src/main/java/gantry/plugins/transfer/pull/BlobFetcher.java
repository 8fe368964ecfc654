// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.content.ContentWriter;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.SourceLabel;
import gantry.plugins.transfer.tasks.Claim;
import gantry.plugins.transfer.tasks.Permits.Permit;
import gantry.registry.Repository;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings blobs of one repository into the store. A blob that somebody else in this daemon fetches
 * into the same namespace is waited for. What has been fetched when something fails stays for the
 * next try, unless it is wrong. Safe for concurrent use.
 */
final class BlobFetcher {
  private static final Logger log = LoggerFactory.getLogger(BlobFetcher.class);

  private final CallerStore store;
  private final Repository repository;
  private final Downloads downloads;
  private final ProgressTracker tracker;
  private final SourceLabel source;

  BlobFetcher(
      CallerStore store, Repository repository, Downloads downloads, ProgressTracker tracker) {
    this.store = store;
    this.repository = repository;
    this.downloads = downloads;
    this.tracker = tracker;
    this.source = SourceLabel.of(repository.reference());
  }

  private enum Outcome {
    FETCHED,
    EXISTED,
    /** What an earlier try had left was wrong, and is gone now. */
    SPOILED
  }

  /**
   * Fetches a blob, unless it is there.
   *
   * @throws FailedPreconditionException if size or digest of what came are not as wanted; nothing
   *     of it is kept
   */
  void fetch(Wanted wanted, Arrival arrival) throws IOException {
    Descriptor descriptor = wanted.descriptor();
    try {
      requireSize(descriptor);
      // The ingest belongs to no lease, so that it outlives a failure; what it becomes does.
      store.keep(descriptor.digest());
      String name = "blob %s in %s".formatted(descriptor.digest(), store.namespace());
      try (Claim claim =
          downloads.claims().take(name, other -> tracker.follow(descriptor, other::offset))) {
        tracker.follow(descriptor, claim::offset);
        settle(descriptor, fetch(wanted, arrival, claim));
      }
    } catch (IOException | RuntimeException e) {
      arrival.fail(e);
      throw e;
    }
    arrival.store();
  }

  private static void requireSize(Descriptor descriptor) {
    if (descriptor.size() == 0) {
      throw new InvalidArgumentException(
          "unable to fetch descriptor (%s) which reports content size of zero: invalid argument"
              .formatted(descriptor.digest()));
    }
  }

  private void settle(Descriptor descriptor, Outcome outcome) throws IOException {
    if (outcome == Outcome.FETCHED) {
      tracker.complete(descriptor);
    } else {
      source.append(store, descriptor.digest());
      tracker.exists(descriptor);
    }
  }

  private Outcome fetch(Wanted wanted, Arrival arrival, Claim claim) throws IOException {
    Outcome outcome = receive(wanted, arrival, claim);
    if (outcome == Outcome.SPOILED) {
      log.info(
          "fetch {}: what an earlier try had left is not its beginning, it is fetched anew",
          wanted.descriptor().digest());
      arrival.restart();
      outcome = receive(wanted, arrival, claim);
    }
    return outcome;
  }

  private Outcome receive(Wanted wanted, Arrival arrival, Claim claim) throws IOException {
    Descriptor descriptor = wanted.descriptor();
    Ingest ingest = new Ingest(store.unleased(), descriptor);
    long begin = 0;
    try (ContentWriter writer = ingest.open(claim)) {
      begin = writer.status().offset();
      Sink sink = new Sink(writer, begin, arrival, claim);
      offer(writer, arrival, begin);
      receive(wanted, sink);
      writer.commit(descriptor.size(), descriptor.digest(), source.first());
      return Outcome.FETCHED;
    } catch (AlreadyExistsException e) {
      return Outcome.EXISTED;
    } catch (FailedPreconditionException e) {
      ingest.abort();
      if (begin > 0) {
        return Outcome.SPOILED;
      }
      throw new FailedPreconditionException(
          "fetch %s from %s: %s"
              .formatted(descriptor.digest(), repository.reference(), e.getMessage()),
          e);
    }
  }

  private void receive(Wanted wanted, Sink sink) throws IOException {
    if (sink.offset() >= wanted.descriptor().size()) {
      return;
    }
    Receiver receiver = new Receiver(repository, wanted, sink);
    if (wanted.isDocument()) {
      receiver.receive();
      return;
    }
    try (Permit _ = downloads.permits().acquire()) {
      new RangedReceiver(repository, wanted, sink, downloads).receiveOr(receiver);
    }
  }

  private static void offer(ContentWriter writer, Arrival arrival, long offset) throws IOException {
    if (arrival.isRead()) {
      try {
        arrival.begin(writer.written(), offset);
      } catch (UnimplementedException e) {
        log.debug("{}; it is unpacked when it is there", e.getMessage());
      }
    }
  }
}
