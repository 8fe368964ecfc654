// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.boot.inventory.ComponentState;
import gantry.plugins.ChangeStep.Name;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;

/**
 * Puts one version of a bundle in the place of another, or where there was none. Until calls move
 * everything can be taken back, and is if anything fails.
 */
final class Replacement {
  private final Parts parts;
  private final Attempt attempt;
  private final Wanted wanted;
  private final String location;
  private final Consumer<PluginChange> record;
  private @Nullable Bundle old;
  private Map<String, ComponentState> before = Map.of();

  /**
   * One replacement.
   *
   * @param location for a bundle; never used before
   * @param old what serves; null if nothing does or it is not known yet
   * @param record writes down what has come about
   */
  Replacement(
      Parts parts,
      Attempt attempt,
      Wanted wanted,
      String location,
      @Nullable Bundle old,
      Consumer<PluginChange> record) {
    this.parts = parts;
    this.attempt = attempt;
    this.wanted = wanted;
    this.location = location;
    this.old = old;
    this.record = record;
  }

  /** Does it, to the end. */
  void run() throws Refusal, InterruptedException {
    BundleJar jar = read(fetch());
    Trial trial = link(jar);
    if (attempt.options().dryRun()) {
      attempt.undo();
      attempt.settle(attempt.came(Outcome.REHEARSED));
      return;
    }
    attempt.touches();
    Bundle before = old;
    boolean exclusive = before != null && !exclusive(before, jar).isEmpty();
    if (before != null && exclusive) {
      pause(before);
    }
    start(trial);
    keep(trial);
    move(trial);
    if (before != null) {
      clear(before, exclusive);
    }
  }

  private Fetcher.Fetched fetch() throws Refusal, InterruptedException {
    Fetcher.Fetched[] fetched = new Fetcher.Fetched[1];
    attempt.step(
        Name.FETCH,
        () -> {
          Path target = Files.createTempDirectory(parts.store().incoming(), "").resolve("jar");
          attempt.onFailure(() -> parts.store().clean());
          fetched[0] = Fetcher.fetch(wanted.source(), target);
          return "%d bytes, sha256 %s".formatted(fetched[0].size(), fetched[0].sha256());
        });
    return fetched[0];
  }

  private BundleJar read(Fetcher.Fetched fetched) throws Refusal, InterruptedException {
    BundleJar[] read = new BundleJar[1];
    attempt.step(
        Name.READ,
        () -> {
          attempt.wants("", fetched.sha256());
          BundleJar jar = parts.reader().read(fetched.file(), fetched.sha256());
          Bundle serving = parts.rooms().named(jar.name()).orElse(null);
          Bundle meant = old;
          if (meant != null && !jar.name().equals(meant.getSymbolicName())) {
            throw Refusal.jar(
                "it holds bundle %s, not %s".formatted(jar.name(), meant.getSymbolicName()));
          }
          old = serving;
          attempt.concerns(
              jar.name(), serving == null ? "" : serving.getVersion().toString(), jar.plugins());
          attempt.wants(jar.version().toString(), wanted.shipped() ? "" : jar.sha256());
          read[0] = jar;
          return new Eligibility(parts, attempt.kind(), attempt.options()).judge(jar, serving);
        });
    return read[0];
  }

  private Trial link(BundleJar jar) throws Refusal, InterruptedException {
    Trial[] installed = new Trial[1];
    attempt.step(
        Name.INSTALL,
        () -> {
          Trial trial = Trial.install(parts, jar, location);
          attempt.onFailure(trial::drop);
          installed[0] = trial;
          return "as bundle %d".formatted(trial.bundle().getBundleId());
        });
    Bundle bundle = installed[0].bundle();
    attempt.step(
        Name.RESOLVE,
        () -> {
          parts.linkage().resolve(bundle);
          return "all it imports is there";
        });
    attempt.step(
        Name.LOAD,
        () -> {
          int mentioned = parts.linkage().load(bundle, jar.classes(), !attempt.options().force());
          return "%d classes, which mention %d others".formatted(jar.classes().size(), mentioned);
        });
    return installed[0];
  }

  /** Only one may be active: callers wait from here until calls move. */
  private void pause(Bundle before) throws Refusal, InterruptedException {
    remember(before);
    attempt.step(
        Name.PAUSE,
        () -> {
          long id = before.getBundleId();
          // Callers wait no longer than this for a plugin, and the rest takes time as well.
          Duration patience = parts.timeouts().plugin().dividedBy(2);
          attempt.onFailure(() -> resume(before));
          parts.traffic().pause(id);
          if (!parts.traffic().retire(id, patience) && !attempt.options().force()) {
            throw Refusal.state(
                "calls in %s did not end within %s; try again later, or cut them by force"
                    .formatted(before.getVersion(), Trial.words(patience)));
          }
          stop(before);
          return "%s is stopped".formatted(before.getVersion());
        });
  }

  private void stop(Bundle before) throws Refusal, InterruptedException {
    Duration limit = parts.timeouts().activation();
    try {
      Deadline.call(
          "stop " + before.getSymbolicName(),
          limit,
          () -> {
            before.stop(Bundle.STOP_TRANSIENT);
            return true;
          });
    } catch (Deadline.Late e) {
      throw Refusal.state(
          "%s did not stop within %s".formatted(before.getVersion(), Trial.words(limit)));
    } catch (ExecutionException e) {
      throw Refusal.state("%s did not stop: %s".formatted(before.getVersion(), Deadline.words(e)));
    }
  }

  /** The one before is active again, and callers go on. */
  private void resume(Bundle before) throws Refusal, InterruptedException {
    try {
      Deadline.call(
          "start " + before.getSymbolicName(),
          parts.timeouts().activation(),
          () -> {
            before.start(Bundle.START_TRANSIENT);
            return true;
          });
    } catch (Deadline.Late e) {
      throw Refusal.state(
          "%s does not start again; restart the daemon".formatted(before.getVersion()));
    } catch (ExecutionException e) {
      throw Refusal.state(
          "%s does not start again: %s; restart the daemon"
              .formatted(before.getVersion(), Deadline.words(e)));
    } finally {
      parts.traffic().resume(before.getBundleId());
    }
  }

  private void start(Trial trial) throws Refusal, InterruptedException {
    Bundle before = old;
    if (before != null && this.before.isEmpty()) {
      remember(before);
    }
    if (before != null && parts.store().winning(before.getSymbolicName()).isPresent()) {
      parts.linkage().loadRest(before);
    }
    // Of two that exclude each other the new one goes before the old one comes back.
    attempt.onFailure(trial::drop);
    attempt.step(Name.START, () -> trial.start(this.before, before == null));
    attempt.step(Name.CHECK, trial::check);
  }

  private void remember(Bundle bundle) {
    Map<String, ComponentState> states = new HashMap<>();
    parts.states().apply(bundle).forEach(state -> states.put(state.name(), state));
    before = states;
  }

  private void keep(Trial trial) throws Refusal, InterruptedException {
    attempt.step(
        Name.KEEP,
        () -> {
          BundleStore store = parts.store();
          String name = trial.jar().name();
          Bundle before = old;
          Version keep = wanted.kept() == null && before != null ? before.getVersion() : null;
          BundleStore.Placement placement =
              wanted.shipped() ? store.clear(name) : store.place(name, trial.jar().path(), keep);
          attempt.onFailure(placement::undo);
          return wanted.shipped()
              ? "the next start takes what ships"
              : "the next start takes " + placement.target();
        });
  }

  private void move(Trial trial) throws Refusal, InterruptedException {
    Bundle before = old;
    attempt.onFailure(() -> takeBack(trial, before));
    attempt.step(
        Name.MOVE,
        () -> {
          if (before != null) {
            parts.rooms().setAside(before);
          }
          parts.rooms().takeIn(trial.bundle());
          return moveCalls(trial);
        });
    PluginChange change = attempt.came(Outcome.DONE);
    record.accept(change);
    attempt.settle(change);
    try {
      parts.store().settle(trial.jar().name(), wanted.kept());
    } catch (IOException e) {
      throw Refusal.internal(e);
    }
  }

  /** Plugins may start because of what is new: that must not keep the old version's end waiting. */
  private String moveCalls(Trial trial) throws Refusal, InterruptedException {
    Duration limit = parts.timeouts().activation();
    try {
      return Deadline.call(
          "move " + trial.jar().name(),
          limit,
          () -> {
            parts.traffic().move(trial.bundle().getBundleId());
            return "%s serves".formatted(trial.jar().version());
          });
    } catch (Deadline.Late e) {
      return "%s serves; others that start because of it were not active after %s"
          .formatted(trial.jar().version(), Trial.words(limit));
    } catch (ExecutionException e) {
      throw Refusal.state(Deadline.words(e));
    }
  }

  private void takeBack(Trial trial, @Nullable Bundle before) {
    parts.rooms().setAside(trial.bundle());
    if (before != null) {
      parts.rooms().takeIn(before);
      parts.traffic().resume(before.getBundleId());
    }
  }

  private void clear(Bundle before, boolean exclusive) throws Refusal, InterruptedException {
    if (!exclusive) {
      attempt.step(
          Name.DRAIN,
          () -> {
            Duration patience = parts.timeouts().drain();
            return parts.traffic().retire(before.getBundleId(), patience)
                ? "all calls in %s ended".formatted(before.getVersion())
                : "calls in %s did not end within %s and are cut"
                    .formatted(before.getVersion(), Trial.words(patience));
          });
    }
    attempt.step(
        Name.STOP,
        () -> {
          boolean gone = Trial.discard(before, parts.timeouts().activation());
          parts.traffic().forget(before.getBundleId());
          if (gone) {
            parts.rooms().takeIn(before);
          }
          return gone
              ? "%s is gone".formatted(before.getVersion())
              : "%s does not come to an end; its threads stay until the daemon is restarted"
                  .formatted(before.getVersion());
        });
  }

  /** The plugin because of which one version must stop first; empty if there is none. */
  static String exclusive(Bundle old, BundleJar jar) {
    String plugin = jar.exclusive();
    return plugin.isEmpty() ? Declared.exclusive(Rooms.declared(old)) : plugin;
  }
}
