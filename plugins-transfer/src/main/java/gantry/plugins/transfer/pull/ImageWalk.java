// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.Documents;
import gantry.plugins.transfer.tasks.TaskGroup;
import gantry.plugins.transfer.unpack.LayerFeed;
import gantry.plugins.transfer.unpack.Stack;
import gantry.plugins.transfer.unpack.UnpackRule;
import gantry.plugins.transfer.unpack.Unpacker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings an image with all that is wanted of what it refers to, and unpacks it on the way. An
 * object gets the labels that keep its children when they are there: until then the lease keeps
 * them.
 */
final class ImageWalk {
  /** More than any image has; an index of indexes could ask for any number. */
  private static final int OBJECTS_MAX = 20_000;

  private static final int DEPTH_MAX = 8;

  private final CallerStore store;
  private final BlobFetcher fetcher;
  private final Unpacker unpacker;
  private final Selection selection;
  private final List<UnpackRule> rules;
  private final ProgressTracker tracker;
  private final AtomicInteger objects = new AtomicInteger();

  ImageWalk(
      CallerStore store,
      BlobFetcher fetcher,
      Unpacker unpacker,
      Selection selection,
      List<UnpackRule> rules,
      ProgressTracker tracker) {
    this.store = store;
    this.fetcher = fetcher;
    this.unpacker = unpacker;
    this.selection = selection;
    this.rules = rules;
    this.tracker = tracker;
  }

  /** Brings all. */
  void walk(Descriptor root) throws IOException {
    walk(root, List.of(), true);
  }

  private void walk(Descriptor node, List<Descriptor> parents, boolean isWhole) throws IOException {
    if (MediaTypes.isIndex(node.mediaType())) {
      index(node, parents);
    } else if (MediaTypes.isManifest(node.mediaType())) {
      manifest(node, parents, isWhole);
    } else {
      fetch(Wanted.blob(node, List.of()), parents);
    }
  }

  private void index(Descriptor index, List<Descriptor> parents) throws IOException {
    if (parents.size() >= DEPTH_MAX) {
      throw new InvalidArgumentException(
          "fetch index %s: it is in %d others, one in the other; no image is like that"
              .formatted(index.digest(), DEPTH_MAX));
    }
    byte[] json = document(index, parents);
    List<Child> children = Children.of(index, json);
    count(children.size());
    List<Descriptor> above = with(parents, index);
    try (TaskGroup group = new TaskGroup("fetch " + index.digest())) {
      for (Selection.Taken taken : selection.of(index, children)) {
        group.fork(() -> walk(taken.descriptor(), above, taken.isWhole()));
      }
      group.join();
    }
    store.label(index.digest(), Children.gcLabels(children));
  }

  private void manifest(Descriptor node, List<Descriptor> parents, boolean isWhole)
      throws IOException {
    byte[] json = document(node, parents);
    Manifest manifest = Manifest.parse(json);
    count(manifest.layers().size() + 1);
    List<Descriptor> above = with(parents, node);
    if (isWhole) {
      whole(manifest, above);
    } else {
      fetch(Wanted.document(manifest.config()), above);
    }
    store.label(node.digest(), Children.gcLabels(Children.of(node, json)));
  }

  private void whole(Manifest manifest, List<Descriptor> above) throws IOException {
    List<PulledLayer> layers = new ArrayList<>();
    Descriptor config = manifest.config();
    try (TaskGroup group = new TaskGroup("fetch " + config.digest())) {
      Optional<UnpackRule> rule = Optional.empty();
      Optional<ImageConfig> image = Optional.empty();
      if (rules.isEmpty() || !MediaTypes.isConfig(config.mediaType())) {
        group.fork(() -> fetch(Wanted.document(config), above));
      } else {
        image = Optional.of(ImageConfig.parse(document(config, above)));
        rule = rule(image.get());
      }
      boolean unpacks = rule.isPresent();
      for (Layer layer : manifest.layers()) {
        layers.add(layer(group, layer, above, unpacks));
      }
      if (rule.isPresent() && image.isPresent()) {
        unpack(rule.get(), config, image.get(), layers, group);
      } else {
        layers.forEach(PulledLayer::start);
      }
      group.join();
    } finally {
      for (PulledLayer layer : layers) {
        layer.close();
      }
    }
  }

  private Optional<UnpackRule> rule(ImageConfig image) {
    return rules.stream().filter(rule -> rule.matches(image.platform())).findFirst();
  }

  private PulledLayer layer(TaskGroup group, Layer layer, List<Descriptor> above, boolean isRead) {
    Descriptor descriptor = layer.descriptor();
    Arrival arrival = new Arrival(descriptor, isRead);
    return new PulledLayer(
        store,
        arrival,
        () -> {
          tracker.add(descriptor, List.of(above.getLast()));
          group.fork(() -> fetcher.fetch(Wanted.blob(descriptor, layer.urls()), arrival));
        });
  }

  private void unpack(
      UnpackRule rule,
      Descriptor config,
      ImageConfig image,
      List<PulledLayer> layers,
      TaskGroup fetches)
      throws IOException {
    List<LayerFeed> stack = new ArrayList<>();
    for (PulledLayer layer : layers) {
      if (MediaTypes.isLayer(layer.descriptor().mediaType())) {
        stack.add(layer);
      } else {
        layer.start();
      }
    }
    try {
      unpacker.unpack(store, rule, Stack.of(config, stack, image.diffIds()), tracker);
    } catch (IOException | RuntimeException e) {
      // That a layer did not come is the reason, not what it looked like to the one who waited.
      fetches.requireRunning();
      throw e;
    }
  }

  private byte[] document(Descriptor descriptor, List<Descriptor> parents) throws IOException {
    Documents.requireSmall(descriptor);
    fetch(Wanted.document(descriptor), parents);
    return Documents.read(store, descriptor);
  }

  private void fetch(Wanted wanted, List<Descriptor> parents) throws IOException {
    Descriptor descriptor = wanted.descriptor();
    tracker.add(descriptor, parents.isEmpty() ? List.of() : List.of(parents.getLast()));
    try (Arrival arrival = new Arrival(descriptor, false)) {
      fetcher.fetch(wanted, arrival);
    }
  }

  private void count(int more) {
    if (objects.addAndGet(more) > OBJECTS_MAX) {
      throw new InvalidArgumentException(
          "fetch image: it refers to more than %d objects; no image does".formatted(OBJECTS_MAX));
    }
  }

  private static List<Descriptor> with(List<Descriptor> parents, Descriptor last) {
    List<Descriptor> all = new ArrayList<>(parents);
    all.add(last);
    return List.copyOf(all);
  }
}
