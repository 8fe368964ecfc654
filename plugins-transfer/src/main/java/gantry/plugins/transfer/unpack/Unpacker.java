// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.errors.FailedPreconditionException;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.plugins.Handle;
import gantry.plugins.transfer.archive.Unpacking;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.Documents;
import gantry.plugins.transfer.tasks.Claims;
import gantry.plugins.transfer.tasks.Permits;
import gantry.snapshots.Snapshotter;
import gantry.transfer.ProgressListener;
import gantry.transfer.StoredImage.UnpackTarget;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Makes snapshots of the layers of images, each once however many ask. Safe for concurrent use. */
public final class Unpacker implements Unpacking {
  private static final String REBASE = "rebase";

  private final Handle<Metadata> metadata;
  private final Differs differs;
  private final Claims claims;
  private final UnpackRules rules;
  private final int width;
  private final Permits slots;

  /**
   * Takes what it works with.
   *
   * @param width how many layers are unpacked at once
   */
  public Unpacker(
      Handle<Metadata> metadata, Differs differs, Claims claims, UnpackRules rules, int width) {
    this.metadata = metadata;
    this.differs = differs;
    this.claims = claims;
    this.rules = rules;
    this.width = width;
    this.slots = new Permits("unpack a layer", width);
  }

  /** What may be unpacked where. */
  public UnpackRules rules() {
    return rules;
  }

  @Override
  public void unpack(
      Caller caller,
      Descriptor manifest,
      Platform platform,
      String snapshotter,
      ProgressListener progress)
      throws IOException {
    UnpackRule rule = rules.of(List.of(new UnpackTarget(platform, snapshotter))).getFirst();
    CallerStore store = new CallerStore(metadata, caller);
    Manifest parsed = Manifest.parse(Documents.read(store, manifest));
    ImageConfig config = ImageConfig.parse(Documents.read(store, parsed.config()));
    List<LayerFeed> feeds =
        parsed.layers().stream()
            .map(Layer::descriptor)
            .filter(layer -> MediaTypes.isLayer(layer.mediaType()))
            .<LayerFeed>map(layer -> new StoredLayer(store, layer))
            .toList();
    try (ProgressTracker tracker =
        new ProgressTracker(manifest.digest().toString(), "extracting", progress)) {
      unpack(store, rule, Stack.of(parsed.config(), feeds, config.diffIds()), tracker);
    }
  }

  /**
   * Unpacks what is not unpacked yet, layers while they arrive. Only layers that have to be
   * unpacked are started.
   *
   * @throws FailedPreconditionException if a layer is not what the configuration says
   */
  public void unpack(CallerStore store, UnpackRule rule, Stack stack, ProgressTracker tracker)
      throws IOException {
    if (stack.size() == 0) {
      return;
    }
    LayerUnpack layers = new LayerUnpack(store, rule, stack, differs, slots, tracker);
    int first = firstMissing(layers, stack);
    if (first < stack.size()) {
      int most = Math.min(width, stack.size() - first);
      String claim = "snapshot %s/%s/".formatted(store.namespace(), rule.snapshotter());
      new StackUnpack(layers, stack, claims, claim, first, canRebase(store, rule) ? most : 1).run();
    }
    store.label(
        stack.config().digest(),
        Map.of(WellKnown.GC_REF_SNAPSHOT + rule.snapshotter(), stack.name(stack.size() - 1)));
  }

  /** The layers below one that is there are there too. */
  private static int firstMissing(LayerUnpack layers, Stack stack) throws IOException {
    for (int i = stack.size() - 1; i >= 0; i--) {
      if (layers.exists(i) && isKept(layers, stack, i)) {
        return i + 1;
      }
    }
    return 0;
  }

  /** To prepare one that is there puts it into the lease. */
  private static boolean isKept(LayerUnpack layers, Stack stack, int index) throws IOException {
    var prepared = layers.prepare(index, stack.parent(index));
    prepared.ifPresent(layers::remove);
    return prepared.isEmpty();
  }

  private static boolean canRebase(CallerStore store, UnpackRule rule) throws IOException {
    return store.snapshots(rule.snapshotter(), Snapshotter::capabilities).contains(REBASE);
  }
}
