// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.containers.Container;
import gantry.typed.TypedValue;
import org.jspecify.annotations.Nullable;

/** Everything about one container, as JSON. */
final class ContainerInfo implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.flag("spec", "only the spec").argument("CONTAINER", "to show");
  }

  @Override
  public int run(Invocation invocation) {
    Container container = invocation.client().containers().get(invocation.arguments().at(0));
    JsonNode spec = spec(container);
    invocation.say(
        Json.pretty(invocation.arguments().flag("spec") ? spec : everything(container, spec)));
    return 0;
  }

  private static JsonNode spec(Container container) {
    TypedValue spec = container.spec();
    return spec == null ? Json.tree(null) : Json.parse("spec of " + container.id(), spec.value());
  }

  private static ObjectNode everything(Container container, JsonNode spec) {
    ObjectNode tree = Json.object().put("ID", container.id());
    tree.set("Labels", Json.tree(container.labels().map()));
    tree.put("Image", container.image());
    ObjectNode runtime = tree.putObject("Runtime").put("Name", container.runtime());
    runtime.set("Options", typed(container.runtimeOptions()));
    tree.put("SnapshotKey", container.snapshotKey());
    tree.put("Snapshotter", container.snapshotter());
    tree.put("CreatedAt", container.createdAt().toString());
    tree.put("UpdatedAt", container.updatedAt().toString());
    ObjectNode extensions = tree.putObject("Extensions");
    container.extensions().forEach((name, value) -> extensions.set(name, typed(value)));
    tree.put("SandboxID", container.sandboxId());
    tree.set("Spec", spec);
    return tree;
  }

  private static JsonNode typed(@Nullable TypedValue value) {
    return value == null
        ? Json.tree(null)
        : Json.object().put("type_url", value.typeUrl()).put("value", value.value());
  }
}
