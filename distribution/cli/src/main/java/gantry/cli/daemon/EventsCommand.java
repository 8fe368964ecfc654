// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.client.EventStream;
import gantry.events.Envelope;
import java.util.Optional;

/** Events as they happen, one a line: time, namespace, topic, content. */
final class EventsCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.listing().arguments("FILTER", 0, Integer.MAX_VALUE, "for instance namespace==default");
  }

  @Override
  public int run(Invocation invocation) {
    boolean json = invocation.json();
    try (EventStream events =
        invocation.client().events().subscribe(invocation.arguments().all())) {
      Optional<Envelope> next = events.next();
      while (next.isPresent()) {
        invocation.say(json ? object(next.get()) : line(next.get()));
        invocation.console().out().flush();
        next = events.next();
      }
    }
    return 0;
  }

  private static String line(Envelope envelope) {
    return "%s %s %s %s"
        .formatted(
            envelope.timestamp(),
            envelope.namespace(),
            envelope.topic(),
            Json.line(EventJson.of(envelope.event())));
  }

  private static String object(Envelope envelope) {
    return Json.line(
        Json.object()
            .put("timestamp", envelope.timestamp().toString())
            .put("namespace", envelope.namespace())
            .put("topic", envelope.topic())
            .set("event", EventJson.of(envelope.event())));
  }
}
