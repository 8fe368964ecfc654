// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.push;

import gantry.content.BlobInfo;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.SourceLabel;
import gantry.plugins.transfer.tasks.Permits;
import gantry.plugins.transfer.tasks.Permits.Permit;
import gantry.plugins.transfer.tasks.TaskGroup;
import gantry.registry.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Sends what an image is made of, blobs side by side, each thing after what it refers to. */
final class Uploads {
  private final CallerStore store;
  private final Repository repository;
  private final Permits permits;
  private final ProgressTracker tracker;
  private final SourceLabel source;

  Uploads(CallerStore store, Repository repository, Permits permits, ProgressTracker tracker) {
    this.store = store;
    this.repository = repository;
    this.permits = permits;
    this.tracker = tracker;
    this.source = SourceLabel.of(repository.reference());
  }

  void push(Contents contents) throws IOException {
    try (TaskGroup group = new TaskGroup("push blobs")) {
      for (Contents.Part blob : contents.blobs()) {
        group.fork(() -> push(blob.descriptor(), blob.parentLabels(), false));
      }
      group.join();
    }
    try (TaskGroup group = new TaskGroup("push manifests")) {
      for (Descriptor manifest : contents.manifests()) {
        group.fork(() -> push(manifest, Labels.none(), manifest.equals(contents.root())));
      }
      group.join();
    }
    for (Descriptor index : contents.indexes()) {
      push(index, Labels.none(), index.equals(contents.root()));
    }
  }

  private void push(Descriptor descriptor, Labels parentLabels, boolean tagged) throws IOException {
    try (Permit _ = permits.acquire()) {
      BlobInfo info = store.content(content -> content.info(descriptor.digest()));
      AtomicLong sent = new AtomicLong();
      tracker.follow(descriptor, sent::get);
      Set<String> mounts = new LinkedHashSet<>(source.others(info.labels()));
      mounts.addAll(source.others(parentLabels));
      Repository.PushResult result =
          repository.push(
              descriptor,
              new StoredBody(store, descriptor),
              new ArrayList<>(mounts),
              tagged,
              sent::set);
      if (result == Repository.PushResult.UPLOADED) {
        tracker.complete(descriptor);
      } else {
        tracker.exists(descriptor);
      }
    }
  }
}
