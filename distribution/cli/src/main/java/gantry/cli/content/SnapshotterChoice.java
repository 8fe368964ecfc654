// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Arguments;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.client.GantryClient;
import gantry.client.SnapshotsClient;
import gantry.labels.WellKnown;

/**
 * Which snapshotter is meant: the option, else {@code $CONTAINERD_SNAPSHOTTER}, else the
 * namespace's label, else overlayfs.
 */
public final class SnapshotterChoice {
  private SnapshotterChoice() {}

  /** Adds the option. */
  public static void grammar(Grammar grammar) {
    grammar.value(
        "snapshotter", "NAME", "default $CONTAINERD_SNAPSHOTTER, the namespace's label, overlayfs");
  }

  /** The name. */
  public static String name(Invocation invocation) {
    return name(invocation, invocation.client());
  }

  /** The name for the namespace of a client. */
  public static String name(Invocation invocation, GantryClient client) {
    Arguments arguments = invocation.arguments();
    String variable = invocation.environment().getOrDefault("CONTAINERD_SNAPSHOTTER", "");
    String said = arguments.value("snapshotter", variable);
    if (!said.isEmpty()) {
      return said;
    }
    return client
        .namespaces()
        .labels(client.namespace())
        .find(WellKnown.DEFAULT_SNAPSHOTTER)
        .orElse("overlayfs");
  }

  static SnapshotsClient client(Invocation invocation, GantryClient client) {
    return client.snapshots(name(invocation, client));
  }

  static SnapshotsClient client(Invocation invocation) {
    return invocation.client().snapshots(name(invocation));
  }
}
