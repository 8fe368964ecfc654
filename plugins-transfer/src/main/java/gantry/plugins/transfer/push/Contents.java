// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.push;

import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.PlatformMatcher;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.Documents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an image is made of, in the order in which it can be pushed.
 *
 * @param blobs what refers to nothing
 * @param manifests what refers to blobs
 * @param indexes what refers to manifests, those that others refer to first
 */
record Contents(
    Descriptor root, List<Part> blobs, List<Descriptor> manifests, List<Descriptor> indexes) {

  /**
   * A blob.
   *
   * @param parentLabels of the manifest that refers to it, which came from where the blob came from
   */
  record Part(Descriptor descriptor, Labels parentLabels) {}

  /**
   * Walks an image.
   *
   * @throws gantry.errors.NotFoundException if a document is not here
   */
  static Contents of(
      CallerStore store, Descriptor root, List<Platform> platforms, ProgressTracker tracker)
      throws IOException {
    Walk walk = new Walk(store, PlatformMatcher.exactly(platforms), tracker);
    walk.visit(root, List.of(), Labels.none());
    return new Contents(
        root,
        List.copyOf(walk.blobs.values()),
        List.copyOf(walk.manifests.values()),
        List.copyOf(walk.indexes.values()));
  }

  private static final class Walk {
    private static final int DEPTH_MAX = 8;

    private final CallerStore store;
    private final PlatformMatcher matcher;
    private final ProgressTracker tracker;
    private final Map<Digest, Part> blobs = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> indexes = new LinkedHashMap<>();

    Walk(CallerStore store, PlatformMatcher matcher, ProgressTracker tracker) {
      this.store = store;
      this.matcher = matcher;
      this.tracker = tracker;
    }

    void visit(Descriptor node, List<Descriptor> parents, Labels parentLabels) throws IOException {
      if (parents.size() > DEPTH_MAX) {
        throw new InvalidArgumentException(
            "push %s: more than %d indexes, one in the other".formatted(node.digest(), DEPTH_MAX));
      }
      tracker.add(node, parents.isEmpty() ? List.of() : List.of(parents.getLast()));
      if (!Children.possible(node.mediaType())) {
        blobs.putIfAbsent(node.digest(), new Part(node, parentLabels));
        return;
      }
      Labels labels = store.content(content -> content.info(node.digest())).labels();
      List<Descriptor> above = new ArrayList<>(parents);
      above.add(node);
      for (Child child : Children.of(node, Documents.read(store, node))) {
        if (child.platform() == null || matcher.matches(child.platform())) {
          visit(child.descriptor(), above, labels);
        }
      }
      (MediaTypes.isIndex(node.mediaType()) ? indexes : manifests).putIfAbsent(node.digest(), node);
    }
  }
}
