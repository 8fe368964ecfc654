// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.boot.inventory.ComponentState;
import gantry.plugins.HealthCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bundle that nobody relies on yet. */
final class Trial {
  private static final Logger LOG = LoggerFactory.getLogger(Trial.class);
  private static final Duration CHECK_MAX = Duration.ofSeconds(5);

  private final Parts parts;
  private final BundleJar jar;
  private final Bundle bundle;
  private boolean gone;

  private Trial(Parts parts, BundleJar jar, Bundle bundle) {
    this.parts = parts;
    this.jar = jar;
    this.bundle = bundle;
  }

  /**
   * Installs a jar beside whatever is there.
   *
   * @param location was never used before
   */
  static Trial install(Parts parts, BundleJar jar, String location) throws Refusal, IOException {
    try (InputStream content = Files.newInputStream(jar.path())) {
      Bundle bundle = parts.context().installBundle(location, content);
      parts.rooms().setAside(bundle);
      return new Trial(parts, jar, bundle);
    } catch (BundleException e) {
      throw Refusal.jar(Deadline.words(e));
    }
  }

  Bundle bundle() {
    return bundle;
  }

  BundleJar jar() {
    return jar;
  }

  /**
   * Starts it, without that anybody calls it.
   *
   * @param before how the components of the version before are, by name
   * @param alone whether it may wait for others: it replaces nothing
   * @return in words how its plugins are
   */
  String start(Map<String, ComponentState> before, boolean alone)
      throws Refusal, InterruptedException {
    parts.traffic().hold(bundle.getBundleId());
    Duration limit = parts.timeouts().activation();
    List<ComponentState> now;
    try {
      now =
          Deadline.call(
              "start " + jar.name(),
              limit,
              () -> {
                bundle.start(Bundle.START_TRANSIENT);
                return parts.states().apply(bundle);
              });
    } catch (Deadline.Late e) {
      throw Refusal.state(
          "its plugins were not active after %s%s".formatted(words(limit), where(e.stack())));
    } catch (ExecutionException e) {
      throw Refusal.state(Deadline.words(e));
    }
    List<String> notes = new ArrayList<>();
    for (ComponentState state : now) {
      if (!state.serves()) {
        judge(state, before.get(state.name()), alone);
        notes.add(state.name() + ": " + state.reason());
      }
    }
    return notes.isEmpty() ? "all its plugins are active" : String.join("; ", notes);
  }

  private void judge(ComponentState state, @Nullable ComponentState before, boolean alone)
      throws Refusal {
    boolean mayWait =
        alone || jar.plugins().contains(state.waitsFor()) || (before != null && !before.serves());
    boolean acceptable =
        state.skipped() ? before == null || !before.serves() : state.pending() && mayWait;
    if (!acceptable) {
      throw Refusal.state("%s: %s".formatted(state.name(), state.reason()));
    }
  }

  /** Asks its plugins how they are. */
  String check() throws Refusal, InterruptedException {
    int asked = 0;
    ServiceReference<?>[] references = bundle.getRegisteredServices();
    for (ServiceReference<?> reference :
        references == null ? new ServiceReference<?>[0] : references) {
      if (reference.getProperty(Constants.OBJECTCLASS) instanceof String[] types
          && Arrays.asList(types).contains(HealthCheck.class.getName())) {
        ask(reference);
        asked++;
      }
    }
    return asked == 0 ? "none of its plugins has a health check" : "healthy";
  }

  private void ask(ServiceReference<?> reference) throws Refusal, InterruptedException {
    String who = String.valueOf(reference.getProperty("component.name"));
    try {
      Optional<String> problem =
          Deadline.call(
              "check " + who,
              CHECK_MAX,
              () -> {
                Object service = parts.context().getService(reference);
                try {
                  return service instanceof HealthCheck check
                      ? check.problem()
                      : Optional.<String>empty();
                } finally {
                  parts.context().ungetService(reference);
                }
              });
      if (problem.isPresent()) {
        throw Refusal.state("%s is not healthy: %s".formatted(who, problem.get()));
      }
    } catch (Deadline.Late e) {
      throw Refusal.state(
          "the health check of %s did not answer within %s%s"
              .formatted(who, words(CHECK_MAX), where(e.stack())));
    } catch (ExecutionException e) {
      throw Refusal.state("the health check of %s failed: %s".formatted(who, Deadline.words(e)));
    }
  }

  /** Gives it up, as far as it lets itself. Idempotent. */
  void drop() throws InterruptedException {
    if (gone) {
      return;
    }
    gone = true;
    if (!discard(bundle, parts.timeouts().activation())) {
      LOG.warn(
          "bundle {} {} does not come to an end; its threads stay until the daemon is restarted",
          jar.name(),
          jar.version());
    } else {
      parts.rooms().takeIn(bundle);
    }
    parts.traffic().forget(bundle.getBundleId());
  }

  /**
   * Stops and removes a bundle.
   *
   * @return whether it came to an end in time; if not it will be removed whenever it does
   */
  static boolean discard(Bundle bundle, Duration limit) throws InterruptedException {
    try {
      return Deadline.call(
          "stop " + bundle.getSymbolicName(),
          limit,
          () -> {
            bundle.stop(Bundle.STOP_TRANSIENT);
            Husk.empty(bundle);
            bundle.uninstall();
            return true;
          });
    } catch (Deadline.Late e) {
      return e.ended() && bundle.getState() == Bundle.UNINSTALLED;
    } catch (ExecutionException e) {
      LOG.warn("remove bundle {}: {}", bundle, Deadline.words(e));
      return bundle.getState() == Bundle.UNINSTALLED;
    }
  }

  /** The place in its own code at which it was. */
  private String where(List<StackTraceElement> stack) {
    Set<String> own = Set.copyOf(jar.classes());
    return stack.stream()
        .filter(frame -> own.contains(frame.getClassName()))
        .findFirst()
        .map(frame -> "; it is in " + frame)
        .orElse("");
  }

  static String words(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
