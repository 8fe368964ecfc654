// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.labels.WellKnown;
import gantry.store.LabelColumn;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the labels of one object mean to the collection. */
final class GcLabels {
  private static final String BACK_CONTAINER = WellKnown.GC_BACK_REF + "container";
  private static final String BACK_CONTENT = WellKnown.GC_BACK_REF + "content";
  private static final String BACK_IMAGE = WellKnown.GC_BACK_REF + "image";
  private static final String BACK_SNAPSHOT = WellKnown.GC_BACK_REF + "snapshot.";
  private static final SortedMap<String, String> NONE = new TreeMap<>();

  private final String namespace;
  private final SortedMap<String, String> labels;

  private GcLabels(String namespace, SortedMap<String, String> labels) {
    this.namespace = namespace;
    this.labels = labels;
  }

  /** Reads a column; most have nothing to say and are not taken apart. */
  static GcLabels of(String namespace, String column) {
    return new GcLabels(
        namespace, column.contains(WellKnown.GC_PREFIX) ? LabelColumn.decode(column) : NONE);
  }

  boolean isRoot() {
    return !withPrefix(WellKnown.GC_ROOT).isEmpty();
  }

  boolean isFlat() {
    return labels.containsKey(WellKnown.GC_FLAT);
  }

  /** When it stops being a root; null if never, or if what is written is not a time. */
  @Nullable Instant expiry() {
    return time(labels.get(WellKnown.GC_EXPIRE));
  }

  /** On a snapshot: when it was used last; null if that is not said. */
  @Nullable Instant usedAt() {
    return time(labels.get(WellKnown.GC_CONDITION_USED_AT));
  }

  /** What lives while this lives. */
  List<Node> references() {
    List<Node> found = new ArrayList<>();
    named(WellKnown.GC_REF_CONTENT, Node.Type.CONTENT, found);
    named(WellKnown.GC_REF_IMAGE, Node.Type.IMAGE, found);
    snapshots(WellKnown.GC_REF_SNAPSHOT, found);
    return found;
  }

  /** While what lives, this lives. */
  List<Node> backReferences() {
    List<Node> found = new ArrayList<>();
    named(BACK_CONTAINER, Node.Type.CONTAINER, found);
    named(BACK_CONTENT, Node.Type.CONTENT, found);
    named(BACK_IMAGE, Node.Type.IMAGE, found);
    snapshots(BACK_SNAPSHOT, found);
    return found;
  }

  /** What lives while this lives and a condition holds. */
  List<ConditionalReference> conditions() {
    List<ConditionalReference> found = new ArrayList<>();
    withPrefix(WellKnown.GC_CONDITION_SNAPSHOT)
        .forEach(
            (key, value) ->
                ConditionalReference.parse(
                        namespace, key.substring(WellKnown.GC_CONDITION_SNAPSHOT.length()), value)
                    .ifPresent(found::add));
    return found;
  }

  /** The bare prefix, or anything behind it that begins with a dot or a slash. */
  private void named(String prefix, Node.Type type, List<Node> found) {
    withPrefix(prefix)
        .forEach(
            (key, value) -> {
              if (key.length() == prefix.length()
                  || "./".indexOf(key.charAt(prefix.length())) >= 0) {
                found.add(Node.of(type, namespace, value));
              }
            });
  }

  /** The snapshotter's name follows the prefix, up to a slash. */
  private void snapshots(String prefix, List<Node> found) {
    withPrefix(prefix)
        .forEach(
            (key, value) -> {
              String snapshotter = key.substring(prefix.length()).split("/", 2)[0];
              found.add(Node.snapshot(namespace, snapshotter, value));
            });
  }

  private SortedMap<String, String> withPrefix(String prefix) {
    return labels.subMap(prefix, prefix + Character.MAX_VALUE);
  }

  private static @Nullable Instant time(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
