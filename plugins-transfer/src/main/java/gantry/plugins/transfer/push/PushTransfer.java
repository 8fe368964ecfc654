// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.push;

import gantry.errors.InvalidArgumentException;
import gantry.images.Image;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.tasks.Permits;
import gantry.registry.Registries;
import gantry.registry.Repository;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.util.List;

/** Images from the store to registries. Safe for concurrent use. */
public final class PushTransfer {
  private final Handle<Metadata> metadata;
  private final Registries registries;
  private final Permits uploads;

  /** Takes what it works with, and how many uploads there may be at once. */
  public PushTransfer(Handle<Metadata> metadata, Registries registries, Permits uploads) {
    this.metadata = metadata;
    this.registries = registries;
    this.uploads = uploads;
  }

  /**
   * Pushes.
   *
   * @throws gantry.errors.NotFoundException if there is no such image, or a part of it is not here
   */
  public void run(Caller caller, StoredImage from, RegistryImage to, ProgressListener progress)
      throws IOException {
    if (from.name().isEmpty()) {
      throw new InvalidArgumentException("push: the image needs a name");
    }
    CallerStore store = new CallerStore(metadata, caller);
    Image image = store.images(images -> images.get(from.name()));
    String destination = "OCI Registry (" + to.reference() + ")";
    try (ProgressTracker tracker = new ProgressTracker(image.name(), "uploading", progress)) {
      tracker.tell(Progress.of("Pushing to " + destination));
      tracker.tell(new Progress("pushing content", image.name(), List.of(), 0, 0, image.target()));
      Repository repository = registries.open(to);
      Contents contents = Contents.of(store, image.target(), from.platforms(), tracker);
      new Uploads(store, repository, uploads, tracker).push(contents);
      tracker.tell(new Progress("pushed content", image.name(), List.of(), 0, 0, image.target()));
      tracker.tell(
          new Progress("Completed push to " + destination, "", List.of(), 0, 0, image.target()));
    }
  }
}
