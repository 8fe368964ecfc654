// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.errors.GantryException;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ChangeStep.Name;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Kind;
import gantry.plugins.PluginChange.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A change while it is made: what is known of it, and how to undo what was done so far. */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private final Kind kind;
  private final String object;
  private final ChangeOptions options;
  private final Relay relay;
  private final Clock clock;
  private final Deque<Undo> undos = new ArrayDeque<>();
  private Name current = Name.FETCH;
  private boolean touched;
  private boolean settled;
  private String bundle = "";
  private List<String> plugins = List.of();
  private String from = "";
  private String to = "";
  private String sha256 = "";

  /**
   * Nothing was done yet.
   *
   * @param object what the caller named: a location, a bundle, a plugin
   */
  Attempt(Kind kind, String object, ChangeOptions options, Relay relay, Clock clock) {
    this.kind = kind;
    this.object = object;
    this.options = options;
    this.relay = relay;
    this.clock = clock;
  }

  /** A step's work. */
  @FunctionalInterface
  interface Work {
    /** Does it and says in words what came of it. */
    String run() throws Refusal, IOException, InterruptedException;
  }

  /** Takes back what was done. */
  @FunctionalInterface
  interface Undo {
    /** Does it. */
    void run() throws Refusal, IOException, InterruptedException;
  }

  Kind kind() {
    return kind;
  }

  ChangeOptions options() {
    return options;
  }

  /** What is attempted, in words. */
  String what() {
    return word(kind) + " " + (bundle.isEmpty() ? object : bundle);
  }

  /** The bundle it is about, once that is known. */
  void concerns(String bundle, String from, List<String> plugins) {
    this.bundle = bundle;
    this.from = from;
    this.plugins = plugins;
  }

  /** What is to be, once that is known. */
  void wants(String version, String sha256) {
    this.to = version;
    this.sha256 = sha256;
  }

  /** What is in the bundle after the change. */
  void holds(List<String> plugins) {
    this.plugins = plugins;
  }

  /** From now on a failure is more than a refusal. */
  void touches() {
    touched = true;
  }

  /** Does a step and tells of it. */
  void step(Name name, Work work) throws Refusal, InterruptedException {
    current = name;
    long start = System.nanoTime();
    try {
      String detail = work.run();
      relay.step(new ChangeStep(name, detail, Duration.ofNanos(System.nanoTime() - start)));
    } catch (IOException e) {
      throw Refusal.internal(e);
    }
  }

  /** Remembers how to take back what is about to be done; the last is taken back first. */
  void onFailure(Undo undo) {
    undos.push(undo);
  }

  /** There is no way back, and no need of one. */
  void settle(PluginChange change) {
    settled = true;
    undos.clear();
    relay.settled(change);
  }

  boolean isSettled() {
    return settled;
  }

  /** Takes back all that was done. */
  void undo() {
    while (!undos.isEmpty()) {
      try {
        undos.pop().run();
      } catch (Refusal | IOException | RuntimeException e) {
        LOG.error("{}: undo: {}", what(), e.getMessage(), e);
      } catch (InterruptedException e) {
        LOG.error("{}: undo was interrupted", what(), e);
      }
    }
  }

  /** How it ended. */
  PluginChange came(Outcome outcome) {
    return change(outcome, "");
  }

  /** How it failed. */
  PluginChange failed(Refusal refusal) {
    return change(touched ? Outcome.UNDONE : Outcome.REFUSED, problem(refusal));
  }

  /** As the caller is told. */
  GantryException exception(Refusal refusal) {
    String ending = from.isEmpty() ? "" : "; %s serves as before".formatted(from);
    return refusal.toException("%s: %s%s".formatted(what(), problem(refusal), ending));
  }

  private String problem(Refusal refusal) {
    return word(current) + ": " + refusal.reason();
  }

  private PluginChange change(Outcome outcome, String problem) {
    return new PluginChange(
        clock.instant(), kind, bundle, plugins, from, to, sha256, outcome, problem);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
