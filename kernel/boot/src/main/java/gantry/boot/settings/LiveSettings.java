// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.boot.config.ConfigException;
import gantry.boot.config.ConfigLoader;
import gantry.boot.config.DaemonConfig;
import gantry.boot.config.Differences;
import gantry.boot.config.Flags;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.plugins.ConfigDifference;
import gantry.plugins.ConfigDifference.Effect;
import gantry.plugins.PluginSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force. A reload compares the files with it and not with what they said
 * before, so a key that waits for a restart is told of each time until it is in force or taken
 * back.
 */
public final class LiveSettings implements PluginSettings {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);
  private static final String WHAT = "reload configuration";

  private final Flags flags;
  private final AtomicReference<DaemonConfig> inForce;
  private final TableChange change;
  private final BiConsumer<String, Runnable> alone;
  private final List<BiConsumer<DaemonConfig, DaemonConfig>> takers;

  /** What waits for a restart and was logged. */
  private List<ConfigDifference> told = List.of();

  /**
   * Goes on from the configuration of the start.
   *
   * @param flags it was read with
   * @param inForce what holds now; set to each that comes in force
   * @param alone does what has the name given while no other change of plugins is under way
   * @param takers are told of each that has come in force, after the one it follows
   */
  public LiveSettings(
      Flags flags,
      AtomicReference<DaemonConfig> inForce,
      TableChange change,
      BiConsumer<String, Runnable> alone,
      List<BiConsumer<DaemonConfig, DaemonConfig>> takers) {
    this.flags = flags;
    this.inForce = inForce;
    this.change = change;
    this.alone = alone;
    this.takers = List.copyOf(takers);
  }

  /** What holds now. */
  public DaemonConfig inForce() {
    return inForce.get();
  }

  @Override
  public List<ConfigDifference> reload(boolean dryRun) {
    if (dryRun) {
      return new Differences(inForce(), read()).list();
    }
    CompletableFuture<List<ConfigDifference>> outcome = new CompletableFuture<>();
    // Whoever asked may be a plugin that gets another table, and be stopped for it.
    Thread.ofVirtual()
        .name("reload")
        .start(
            () -> {
              try {
                alone.accept(WHAT, () -> outcome.complete(reload()));
              } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
              }
            });
    return await(outcome);
  }

  private static List<ConfigDifference> await(CompletableFuture<List<ConfigDifference>> outcome) {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(
          WHAT + ": nobody waits for it any more; it goes on, the log will tell", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GantryException failure) {
        throw failure;
      }
      throw new InternalException(WHAT + ": " + e.getCause(), e);
    }
  }

  private List<ConfigDifference> reload() {
    Differences differences = new Differences(inForce(), read());
    List<ConfigDifference> list = differences.list();
    List<ConfigDifference> news = new ArrayList<>(list);
    news.removeAll(told);
    if (!news.isEmpty()) {
      putInForce(differences.live(), list);
      news.forEach(LiveSettings::log);
    }
    told = list.stream().filter(one -> one.effect() == Effect.RESTART).toList();
    return list;
  }

  private DaemonConfig read() {
    try {
      return ConfigLoader.load(flags);
    } catch (ConfigException e) {
      throw new InvalidArgumentException(WHAT + ": nothing is changed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new InvalidArgumentException(WHAT + ": nothing is changed: " + e, e);
    }
  }

  private void putInForce(DaemonConfig next, List<ConfigDifference> differences) {
    DaemonConfig past = inForce();
    requireRequired(next);
    next.warnings().forEach(warning -> LOG.warn("config: {}", warning));
    try {
      change.run(past, next, differences);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(WHAT + ": interrupted", e);
    }
    inForce.set(next);
    takers.forEach(taker -> taker.accept(past, next));
  }

  private static void requireRequired(DaemonConfig next) {
    for (String required : next.required()) {
      if (next.disabled().contains(required)) {
        throw new FailedPreconditionException(
            "%s: nothing is changed: required plugin %s is disabled".formatted(WHAT, required));
      }
    }
  }

  private static void log(ConfigDifference difference) {
    boolean later = difference.effect() == Effect.RESTART;
    LOG.info("config: {}{}", Words.of(difference), later ? ", from the next start on" : "");
  }
}
