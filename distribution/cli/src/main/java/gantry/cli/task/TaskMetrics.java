// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Listing;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.runtime.TaskMetric;
import gantry.wire.AnyWire;
import java.util.ArrayList;
import java.util.List;

/** The counters of a task. */
final class TaskMetrics implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("format", "FORMAT", "table or json; the same as --output")
        .listing()
        .argument("CONTAINER", "whose task");
  }

  @Override
  public int run(Invocation invocation) throws InvalidProtocolBufferException {
    String id = invocation.arguments().at(0);
    List<TaskMetric> metrics = invocation.client().tasks().metrics(List.of("id==" + id));
    if (metrics.isEmpty()) {
      throw new NotFoundException("metrics of %s: no running task: not found".formatted(id));
    }
    TaskMetric metric = metrics.getFirst();
    Message counters = counters(metric);
    if (invocation.json() || invocation.arguments().value("format", "table").equals("json")) {
      JsonNode tree = MessageJson.of(counters);
      invocation.say(Json.pretty(tree));
      return 0;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "TIMESTAMP"));
    rows.add(List.of(metric.id(), metric.timestamp().toString()));
    Listing.print(rows, invocation.console().out());
    invocation.say("");
    Listing.print(MetricRows.of(counters), invocation.console().out());
    return 0;
  }

  private static Message counters(TaskMetric metric) throws InvalidProtocolBufferException {
    String type = AnyWire.typeName(metric.data().typeUrl());
    byte[] value = metric.data().value();
    return switch (type) {
      case "io.containerd.cgroups.v1.Metrics" -> io.containerd.cgroups.v1.Metrics.parseFrom(value);
      case "io.containerd.cgroups.v2.Metrics" -> io.containerd.cgroups.v2.Metrics.parseFrom(value);
      default ->
          throw new UnimplementedException("metrics of %s: type %s".formatted(metric.id(), type));
    };
  }
}
