// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.snapshots.SnapshotInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which snapshot is built on which. */
final class SnapshotsTree implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar.listing();
  }

  @Override
  public int run(Invocation invocation) {
    List<SnapshotInfo> all = SnapshotsList.all(SnapshotterChoice.client(invocation), List.of());
    Set<String> names = all.stream().map(SnapshotInfo::name).collect(Collectors.toSet());
    Map<String, List<SnapshotInfo>> below = new LinkedHashMap<>();
    for (SnapshotInfo snapshot : all) {
      // one whose parent went away while the list was read stands at the top
      String parent = names.contains(snapshot.parent()) ? snapshot.parent() : "";
      below.computeIfAbsent(parent, _ -> new ArrayList<>()).add(snapshot);
    }
    if (invocation.json()) {
      invocation.say(Json.pretty(array(below, "")));
    } else {
      below.getOrDefault("", List.of()).forEach(root -> print(invocation, below, root, 0));
    }
    return 0;
  }

  private static void print(
      Invocation invocation,
      Map<String, List<SnapshotInfo>> below,
      SnapshotInfo snapshot,
      int level) {
    invocation.say("  ".repeat(level) + (level > 0 ? "\\_ " : " ") + snapshot.name());
    below
        .getOrDefault(snapshot.name(), List.of())
        .forEach(child -> print(invocation, below, child, level + 1));
  }

  private static ArrayNode array(Map<String, List<SnapshotInfo>> below, String parent) {
    ArrayNode array = Json.array();
    for (SnapshotInfo snapshot : below.getOrDefault(parent, List.of())) {
      ObjectNode node = array.addObject();
      node.put("key", snapshot.name()).put("kind", SnapshotsList.kind(snapshot.kind()));
      node.set("children", array(below, snapshot.name()));
    }
    return array;
  }
}
