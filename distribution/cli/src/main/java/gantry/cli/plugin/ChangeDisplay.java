// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Rehearsal;
import gantry.cli.command.Times;
import gantry.linux.Fd;
import gantry.linux.Terminal;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginChange;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Shows a change as it goes on: a line for each step, one for what came of it. */
final class ChangeDisplay {
  private static final int NAME = 7;

  private ChangeDisplay() {}

  /** A change, once it is known how it is wanted and who hears of it. */
  @FunctionalInterface
  interface Change {
    PluginChange make(ChangeOptions options, Consumer<ChangeStep> steps);
  }

  /** Adds the options of every change. */
  static Grammar grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    return grammar
        .flag("force", "against advice: an older version, or what others depend on")
        .value("output o", "FORMAT", "table, or json for an object a line");
  }

  /** Makes a change and shows it; a change that does not come about is thrown. */
  static int show(Invocation invocation, Change change) {
    boolean json = invocation.json();
    String mark = !json && Terminal.is(Fd.inherited(1)) ? "✓ " : "";
    ChangeOptions options =
        new ChangeOptions(Rehearsal.asked(invocation), invocation.arguments().flag("force"));
    PluginChange done =
        change.make(options, step -> say(invocation, json ? object(step) : mark + line(step)));
    say(invocation, json ? Json.line(object(done)) : summary(done));
    return 0;
  }

  private static void say(Invocation invocation, String line) {
    invocation.say(line);
    invocation.console().out().flush();
  }

  private static String line(ChangeStep step) {
    String name = word(step.name());
    return "%s%s  %s  %s"
        .formatted(
            name, " ".repeat(Math.max(0, NAME - name.length())), step.detail(), took(step.took()));
  }

  private static String object(ChangeStep step) {
    return Json.line(
        Json.object()
            .put("step", word(step.name()))
            .put("detail", step.detail())
            .put("took_nanos", step.took().toNanos()));
  }

  /** A change as programs read it. */
  static ObjectNode object(PluginChange change) {
    ObjectNode object =
        Json.object()
            .put("at", Times.exact(change.at()))
            .put("change", word(change.kind()))
            .put("outcome", word(change.outcome()))
            .put("bundle", change.bundle())
            .put("from", change.from())
            .put("to", change.to())
            .put("sha256", change.sha256())
            .put("problem", change.problem());
    object.set("plugins", Json.tree(change.plugins()));
    return object;
  }

  private static String summary(PluginChange change) {
    boolean rehearsed = change.outcome() == PluginChange.Outcome.REHEARSED;
    return "%s %s%s: %s"
        .formatted(
            word(change.kind()),
            change.bundle(),
            versions(change),
            rehearsed ? "would work; nothing was changed" : word(change.outcome()));
  }

  private static String versions(PluginChange change) {
    if (change.from().isEmpty() || change.to().isEmpty()) {
      String one = change.from() + change.to();
      return one.isEmpty() ? "" : " " + one;
    }
    return " %s -> %s".formatted(change.from(), change.to());
  }

  private static String took(Duration took) {
    long micros = took.toNanos() / 1000;
    return micros < 1000
        ? "%d us".formatted(micros)
        : micros < 10_000_000
            ? "%d ms".formatted(micros / 1000)
            : "%d s".formatted(took.toSeconds());
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
