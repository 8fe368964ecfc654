// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.CanceledException;
import gantry.errors.GantryException;
import gantry.metadata.Caller;
import gantry.plugins.Handle;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.ProgressListener;
import gantry.transfer.TransferEnd;
import gantry.transfer.Transfers;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transfer that survives the replacement of the plugin that does it. One that can begin again,
 * for what has arrived stays, does so in the next version when its own has been stopped under it.
 * The stream of an archive cannot begin again: the replacement waits for such a transfer, as for
 * any call.
 */
record RestartedTransfer(
    Handle<Transfers> transfers,
    Caller caller,
    TransferEnd source,
    TransferEnd destination,
    ProgressListener progress) {
  private static final Logger log = LoggerFactory.getLogger(RestartedTransfer.class);

  /** An archive takes as long as its bytes do on the way from or to the client. */
  private static final Duration ARCHIVE = Duration.ofHours(24);

  /** So often it may begin again. */
  private static final int RESTARTS = 10;

  void run() throws IOException {
    if (source instanceof ImportArchive || destination instanceof ExportArchive) {
      transfers
          .within(ARCHIVE)
          .run(plugin -> plugin.transfer(caller, source, destination, progress));
      return;
    }
    for (int restarts = 0; !runOnce(restarts < RESTARTS); restarts++) {
      log.info("the transfer plugin was replaced: a transfer begins again");
    }
  }

  /** Whether it is done; not if it failed in a version that has been replaced. */
  private boolean runOnce(boolean again) throws IOException {
    try (Handle.Lease<Transfers> lease = transfers.lease()) {
      try {
        lease.get().transfer(caller, source, destination, progress);
        return true;
      } catch (CanceledException gone) {
        throw gone;
      } catch (GantryException | IOException failure) {
        if (!again || isCurrent(lease.get())) {
          throw failure;
        }
        return false;
      }
    }
  }

  private boolean isCurrent(Transfers used) {
    try (Handle.Lease<Transfers> current = transfers.lease()) {
      return current.get().equals(used);
    }
  }
}
