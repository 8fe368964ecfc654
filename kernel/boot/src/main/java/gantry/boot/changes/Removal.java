// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.plugins.ChangeStep.Name;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;

/** Takes a bundle away for which nothing comes. */
final class Removal {
  private final Parts parts;
  private final Attempt attempt;
  private final Bundle bundle;
  private final Consumer<PluginChange> record;

  /**
   * One removal.
   *
   * @param record writes down what has come about
   */
  Removal(Parts parts, Attempt attempt, Bundle bundle, Consumer<PluginChange> record) {
    this.parts = parts;
    this.attempt = attempt;
    this.bundle = bundle;
    this.record = record;
  }

  /** Does it, to the end. */
  void run() throws Refusal, InterruptedException {
    String name = bundle.getSymbolicName();
    attempt.step(Name.READ, this::judge);
    if (attempt.options().dryRun()) {
      attempt.settle(attempt.came(Outcome.REHEARSED));
      return;
    }
    attempt.touches();
    attempt.step(
        Name.KEEP,
        () -> {
          BundleStore.Placement placement = parts.store().clear(name);
          attempt.onFailure(placement::undo);
          return "the next start takes none";
        });
    PluginChange change = attempt.came(Outcome.DONE);
    record.accept(change);
    parts.rooms().setAside(bundle);
    attempt.step(
        Name.DRAIN,
        () -> {
          Duration patience = parts.timeouts().drain();
          return parts.traffic().retire(bundle.getBundleId(), patience)
              ? "all calls ended"
              : "calls did not end within %s and are cut".formatted(Trial.words(patience));
        });
    attempt.step(
        Name.STOP,
        () -> {
          boolean gone = Trial.discard(bundle, parts.timeouts().activation());
          parts.traffic().forget(bundle.getBundleId());
          if (gone) {
            parts.rooms().takeIn(bundle);
          }
          return gone
              ? "it is gone"
              : "it does not come to an end; its threads stay until the daemon is restarted";
        });
    attempt.settle(change);
    try {
      parts.store().settle(name, null);
    } catch (IOException e) {
      throw Refusal.internal(e);
    }
  }

  private String judge() throws Refusal {
    List<String> plugins = Declared.plugins(Rooms.declared(bundle));
    attempt.concerns(bundle.getSymbolicName(), bundle.getVersion().toString(), plugins);
    List<String> dependents = parts.dependents().of(bundle, plugins);
    if (!dependents.isEmpty() && !attempt.options().force()) {
      throw Refusal.state(
          "%s cannot do without it; remove that first, or go on by force"
              .formatted(String.join(", ", dependents)));
    }
    return "%s %s; plugins: %s; needed by: %s"
        .formatted(
            bundle.getSymbolicName(),
            bundle.getVersion(),
            plugins.isEmpty() ? "none" : String.join(", ", plugins),
            dependents.isEmpty() ? "none" : String.join(", ", dependents));
  }
}
