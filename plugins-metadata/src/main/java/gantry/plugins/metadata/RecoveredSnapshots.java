// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.plugins.metadata.SnapshotRows.Snapshot;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.store.LabelColumn;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out which namespaces had which snapshots of a raw snapshotter: from the book of names, and
 * for what that does not know from the keys, which are {@code <namespace>/<number>/<name>}. For one
 * thread.
 */
final class RecoveredSnapshots {
  private static final Pattern KEY = Pattern.compile("([^/]+)/([0-9]+)/(.*)", Pattern.DOTALL);

  private final Recovery recovery;
  private final NameBook book;
  private final RebuildReport report;
  private final Map<String, Set<String>> committed = new HashMap<>();
  private long lastNumber;

  RecoveredSnapshots(Recovery recovery, NameBook book, RebuildReport report) {
    this.recovery = recovery;
    this.book = book;
    this.report = report;
  }

  /** The greatest number in a key: new keys must begin after it. */
  long lastNumber() {
    return lastNumber;
  }

  /** The snapshotters that have a committed snapshot of this name in a namespace. */
  List<String> snapshotters(String namespace, String name) {
    return committed.entrySet().stream()
        .filter(entry -> entry.getValue().contains(namespace + "/" + name))
        .map(Map.Entry::getKey)
        .toList();
  }

  void recover(RawSnapshotter raw) throws IOException {
    Map<String, SnapshotInfo> present = new HashMap<>();
    raw.handle().run(backend -> backend.walk(Filter.ALL, info -> present.put(info.name(), info)));
    Map<String, List<NameLine>> known = knownByBackend(raw.name());
    Map<String, String> names = new HashMap<>();
    for (String key : present.keySet()) {
      number(key);
      nameOf(key, known).ifPresent(name -> names.put(key, name));
    }
    for (SnapshotInfo info : present.values()) {
      List<NameLine> lines = known.getOrDefault(info.name(), List.of());
      if (lines.isEmpty()) {
        byKey(raw, info, names);
      }
      lines.forEach(line -> byBook(raw, info, line));
    }
    known.forEach(
        (key, lines) -> {
          if (!present.containsKey(key)) {
            lines.forEach(
                line ->
                    report.lost(
                        "snapshot %s %s of namespace %s: its directory is gone"
                            .formatted(raw.name(), line.field(2), line.field(0))));
          }
        });
  }

  private Map<String, List<NameLine>> knownByBackend(String snapshotter) {
    Map<String, List<NameLine>> known = new HashMap<>();
    for (NameLine line : book.all(NameRows.SNAPSHOT)) {
      if (line.field(1).equals(snapshotter)) {
        known.computeIfAbsent(line.field(3), key -> new ArrayList<>()).add(line);
      }
    }
    return known;
  }

  private void number(String key) {
    Matcher matcher = KEY.matcher(key);
    if (matcher.matches()) {
      lastNumber = Math.max(lastNumber, Long.parseLong(matcher.group(2)));
    }
  }

  private static Optional<String> nameOf(String key, Map<String, List<NameLine>> known) {
    List<NameLine> lines = known.getOrDefault(key, List.of());
    if (!lines.isEmpty()) {
      return Optional.of(lines.getFirst().field(2));
    }
    Matcher matcher = KEY.matcher(key);
    return matcher.matches() ? Optional.of(matcher.group(3)) : Optional.empty();
  }

  private void byBook(RawSnapshotter raw, SnapshotInfo info, NameLine line) {
    put(
        raw,
        line.field(0),
        info.kind(),
        new Snapshot(
            line.field(2),
            info.name(),
            line.field(4),
            LabelColumn.labels(line.field(5)),
            time(line.number(6)),
            time(line.number(7))));
  }

  private void byKey(RawSnapshotter raw, SnapshotInfo info, Map<String, String> names) {
    Matcher matcher = KEY.matcher(info.name());
    if (!matcher.matches()) {
      report.lost(
          "snapshot %s of %s: its key names no namespace".formatted(info.name(), raw.name()));
      return;
    }
    String parent = info.parent().isEmpty() ? "" : names.getOrDefault(info.parent(), "");
    put(
        raw,
        matcher.group(1),
        info.kind(),
        new Snapshot(
            matcher.group(3),
            info.name(),
            parent,
            new Labels(info.labels().map()),
            info.createdAt(),
            info.updatedAt()));
  }

  private void put(RawSnapshotter raw, String namespace, SnapshotKind kind, Snapshot snapshot) {
    recovery.namespace(namespace);
    SnapshotRows rows = new SnapshotRows(namespace, raw.name());
    recovery.write(
        tx -> {
          if (rows.find(tx, snapshot.name()).isEmpty()) {
            rows.insert(tx, snapshot);
          }
          recovery.claim(tx, namespace, Claims.snapshots(raw.name()), snapshot.name());
        });
    report.recovered("snapshots of " + raw.name());
    if (kind == SnapshotKind.COMMITTED) {
      committed
          .computeIfAbsent(raw.name(), name -> new HashSet<>())
          .add(namespace + "/" + snapshot.name());
    }
  }

  private static Instant time(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }
}
