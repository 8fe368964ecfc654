// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.image.WorkLease;
import gantry.client.GantryClient;
import gantry.client.SnapshotsClient;
import gantry.diff.DiffOptions;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Prints the layer that makes one snapshot out of another, by default out of its parent. */
final class SnapshotsDiff implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .value("media-type", "TYPE", "of the layer; default " + MediaTypes.OCI_LAYER_GZIP)
        .value("ref", "REF", "names the ingest of the layer")
        .flag("keep", "keep the layer in the content store until it is removed")
        .values("label", "KEY=VALUE", "labels of the layer")
        .argument("KEY", "of a snapshot")
        .arguments("OTHER", 0, 1, "of another one; then what OTHER changes against KEY is printed");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    String snapshotter = SnapshotterChoice.name(invocation);
    try (WorkLease lease = new WorkLease(invocation.client());
        Views views = new Views(lease.client().snapshots(snapshotter))) {
      Descriptor layer = compare(invocation, lease.client(), views);
      try (InputStream in = lease.client().content().read(layer.digest(), 0)) {
        in.transferTo(invocation.console().out());
      }
    }
    return 0;
  }

  private static Descriptor compare(Invocation invocation, GantryClient client, Views views) {
    List<String> keys = invocation.arguments().all();
    SnapshotInfo first = views.snapshots.stat(keys.getFirst());
    List<Mount> lower;
    List<Mount> upper;
    if (keys.size() > 1) {
      lower = views.mounts(first);
      upper = views.mounts(views.snapshots.stat(keys.get(1)));
    } else {
      lower = views.below(first);
      upper = views.mounts(first);
    }
    return client.diff().compare(lower, upper, options(invocation));
  }

  private static DiffOptions options(Invocation invocation) {
    Map<String, String> labels =
        new TreeMap<>(LabelWords.parse(invocation.arguments().values("label")));
    if (invocation.arguments().flag("keep")) {
      labels.put(WellKnown.GC_ROOT, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    return new DiffOptions(
        invocation.arguments().value("media-type", MediaTypes.OCI_LAYER_GZIP),
        invocation.arguments().value("ref", ""),
        Labels.of(labels),
        epoch(invocation.environment().get("SOURCE_DATE_EPOCH")));
  }

  /** Seconds since 1970, as reproducible-builds.org defines the variable. */
  private static @Nullable Instant epoch(@Nullable String seconds) {
    if (seconds == null || seconds.isEmpty()) {
      return null;
    }
    try {
      return Instant.ofEpochSecond(Long.parseLong(seconds));
    } catch (NumberFormatException | DateTimeException malformed) {
      throw new InvalidArgumentException(
          "read $SOURCE_DATE_EPOCH \"%s\": want seconds since 1970".formatted(seconds), malformed);
    }
  }

  /** Read-only views of committed snapshots, removed at the end. */
  private static final class Views implements AutoCloseable {
    final SnapshotsClient snapshots;
    private final List<String> made = new ArrayList<>();

    Views(SnapshotsClient snapshots) {
      this.snapshots = snapshots;
    }

    List<Mount> mounts(SnapshotInfo snapshot) {
      return snapshot.kind() == SnapshotKind.COMMITTED
          ? view(snapshot.name(), snapshot.name())
          : snapshots.mounts(snapshot.name());
    }

    List<Mount> below(SnapshotInfo snapshot) {
      return view(snapshot.name() + "-parent", snapshot.parent());
    }

    private List<Mount> view(String name, String parent) {
      String key = "%s-view-%s".formatted(name, UUID.randomUUID());
      List<Mount> mounts = snapshots.view(key, parent, Labels.none());
      made.add(key);
      return mounts;
    }

    @Override
    public void close() {
      for (String key : made) {
        try {
          snapshots.remove(key);
        } catch (NotFoundException collected) {
          // nothing is left to do
        }
      }
    }
  }
}
