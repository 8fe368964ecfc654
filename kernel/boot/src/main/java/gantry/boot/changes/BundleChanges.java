// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.boot.config.Timeouts;
import gantry.boot.handles.Traffic;
import gantry.boot.inventory.ComponentState;
import gantry.errors.InternalException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Kind;
import gantry.plugins.PluginChange.Outcome;
import gantry.plugins.PluginChanges;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes changes, one after another, each in a thread of the kernel: whoever asked may be a plugin
 * that the change replaces.
 */
public final class BundleChanges implements PluginChanges, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BundleChanges.class);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final Parts parts;
  private final History history;
  private final Admission admission;
  private final Clock clock;
  private final AtomicLong installed = new AtomicLong();
  private @Nullable DropIn dropIn;

  /**
   * Changes nothing yet.
   *
   * @param directory where jars are kept
   * @param home where the daemon is installed; null for none
   * @param signers path of a file with the certificates of those who may sign; empty for anybody
   * @param states says of a bundle how its components are
   */
  public BundleChanges(
      BundleContext context,
      Traffic traffic,
      Timeouts timeouts,
      Path directory,
      @Nullable Path home,
      Supplier<String> signers,
      Function<Bundle, List<ComponentState>> states,
      Clock clock) {
    BundleStore store = new BundleStore(directory);
    Rooms rooms = new Rooms(context, store, home);
    this.parts =
        new Parts(
            context,
            traffic,
            timeouts,
            rooms,
            store,
            new JarReader(new Signers(signers)),
            new Linkage(context),
            new Dependents(context, rooms),
            states);
    this.history = new History(store.history());
    this.admission = new Admission(clock);
    this.clock = clock;
  }

  /** Removes what a killed daemon left half done. */
  public void open() throws IOException {
    parts.store().clean();
    parts.context().addBundleListener((SynchronousBundleListener) this::changed);
  }

  /** No change begins once the daemon stops. */
  private void changed(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0) {
      admission.shut();
    }
  }

  /** Begins to take jars that are dropped into a directory, until this is closed. */
  public synchronized void watch(Path directory) {
    if (dropIn == null) {
      dropIn = new DropIn(directory, new Drops(this, parts.rooms(), parts.store().dropped()));
      dropIn.open();
    }
  }

  /** Whether another version stands in for a bundle, or it is only being tried. */
  public boolean isAside(long bundle) {
    return parts.rooms().isAside(bundle);
  }

  /**
   * Does something else that no change may come between, in the caller's thread.
   *
   * @param what it is, for whoever waits for it
   */
  public void alone(String what, Runnable work) {
    admission.enter(what);
    try {
      work.run();
    } finally {
      admission.leave();
    }
  }

  @Override
  public List<PluginBundle> bundles() {
    return parts.rooms().describe();
  }

  @Override
  public PluginChange swap(BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps) {
    return take(Kind.SWAP, source, options, steps);
  }

  @Override
  public PluginChange install(
      BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps) {
    return take(Kind.INSTALL, source, options, steps);
  }

  private PluginChange take(
      Kind kind, BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps) {
    return make(
        kind,
        source.location(),
        options,
        steps,
        attempt -> replace(attempt, Wanted.of(source), null));
  }

  @Override
  public PluginChange rollback(String name, ChangeOptions options, Consumer<ChangeStep> steps) {
    return make(
        Kind.ROLLBACK,
        name,
        options,
        steps,
        attempt -> {
          Bundle bundle = concern(attempt, name);
          replace(attempt, versionBefore(bundle.getSymbolicName()), bundle);
        });
  }

  @Override
  public PluginChange remove(String name, ChangeOptions options, Consumer<ChangeStep> steps) {
    return make(
        Kind.REMOVE,
        name,
        options,
        steps,
        attempt -> {
          Bundle bundle = concern(attempt, name);
          Path shipped = parts.rooms().shipped(bundle.getSymbolicName());
          if (shipped == null) {
            new Removal(parts, attempt, bundle, this::record).run();
          } else if (parts.store().winning(bundle.getSymbolicName()).isPresent()) {
            replace(attempt, Wanted.shipped(shipped), bundle);
          } else {
            throw Refusal.state(
                "it ships with the daemon; list its plugins in disabled_plugins instead");
          }
        });
  }

  @Override
  public List<PluginChange> history() {
    try {
      return history.all();
    } catch (IOException e) {
      throw new InternalException("read what was done to plugins: " + e, e);
    }
  }

  /** Lets the change that is under way end, and no other begin. */
  @Override
  public void close() {
    DropIn watching;
    synchronized (this) {
      watching = dropIn;
    }
    if (watching != null) {
      watching.close();
    }
    if (!admission.close(CLOSE_MAX)) {
      LOG.warn("a change of plugins is cut by the daemon's end");
    }
  }

  private void replace(Attempt attempt, Wanted wanted, @Nullable Bundle old)
      throws Refusal, InterruptedException {
    String location = "swapped:%d".formatted(installed.incrementAndGet());
    new Replacement(parts, attempt, wanted, location, old, this::record).run();
  }

  private Bundle concern(Attempt attempt, String name) throws Refusal {
    Bundle bundle = parts.rooms().require(name);
    attempt.concerns(
        bundle.getSymbolicName(),
        bundle.getVersion().toString(),
        Declared.plugins(Rooms.declared(bundle)));
    return bundle;
  }

  private Wanted versionBefore(String name) throws Refusal, IOException {
    Path winning = parts.store().winning(name).orElse(null);
    String running = winning == null ? "" : Fetcher.digest(winning);
    for (Path kept : parts.store().kept(name)) {
      // A daemon that was killed may have left the one that wins among those before it.
      if (!Fetcher.digest(kept).equals(running)) {
        return Wanted.kept(kept);
      }
    }
    Path shipped = parts.rooms().shipped(name);
    if (shipped == null || winning == null) {
      throw Refusal.state("there is no version before this one");
    }
    return Wanted.shipped(shipped);
  }

  /** What is done with an attempt. */
  @FunctionalInterface
  private interface Work {
    void run(Attempt attempt) throws Refusal, IOException, InterruptedException;
  }

  private PluginChange make(
      Kind kind, String object, ChangeOptions options, Consumer<ChangeStep> steps, Work work) {
    Relay relay = new Relay();
    Attempt attempt = new Attempt(kind, object, options, relay, clock);
    String what = attempt.what();
    admission.enter(what);
    // Not a virtual thread: plugins that keep all processors busy would keep it waiting.
    Thread.ofPlatform()
        .daemon()
        .name("change")
        .start(
            () -> {
              try {
                make(attempt, work, relay);
              } finally {
                admission.leave();
                relay.over();
              }
            });
    return relay.await(what, steps);
  }

  private void make(Attempt attempt, Work work, Relay relay) {
    try {
      work.run(attempt);
    } catch (Refusal e) {
      fail(attempt, e, relay);
    } catch (InterruptedException e) {
      fail(attempt, Refusal.canceled(), relay);
    } catch (IOException | RuntimeException | LinkageError e) {
      fail(attempt, Refusal.internal(e), relay);
    }
  }

  private void fail(Attempt attempt, Refusal refusal, Relay relay) {
    if (attempt.isSettled()) {
      LOG.warn(
          "{}: it came about, but what was before is not cleared: {}",
          attempt.what(),
          refusal.reason());
      return;
    }
    attempt.undo();
    if (!attempt.options().dryRun()) {
      record(attempt.failed(refusal));
    }
    relay.failed(attempt.exception(refusal));
  }

  private void record(PluginChange change) {
    if (change.outcome() == Outcome.DONE) {
      LOG.info(
          "{} of bundle {}: {} serves in place of {}",
          change.kind(),
          change.bundle(),
          change.to().isEmpty() ? "none" : change.to(),
          change.from().isEmpty() ? "none" : change.from());
    }
    try {
      history.add(change);
    } catch (IOException e) {
      LOG.error("write down what was done to bundle {}: {}", change.bundle(), e.toString());
    }
  }
}
