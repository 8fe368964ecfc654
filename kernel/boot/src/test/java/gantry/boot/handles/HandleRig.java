// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Defaults;
import gantry.boot.config.Timeouts;
import gantry.plugins.HandleStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Handles without a framework. */
final class HandleRig implements AutoCloseable {
  static final Duration RETRY = Duration.ofMillis(100);

  final Watch watch = new Watch();

  /** A handle that waits at most as long for a provider. */
  PluginHandle<Work> handle(String plugin, Duration wait) {
    Timeouts timeouts = new Timeouts(Map.of(Defaults.TIMEOUT_PLUGIN, wait));
    return new PluginHandle<>("test.Work", plugin, timeouts, uri -> uri + " is away", watch);
  }

  /** A handle with a provider. */
  PluginHandle<Work> serving(String plugin) {
    PluginHandle<Work> handle = handle(plugin, Duration.ofSeconds(10));
    move(handle);
    return handle;
  }

  /** Puts a new version in place. */
  Provider<Work> move(PluginHandle<Work> handle) {
    Provider<Work> provider = handle.provider(new Work(), 1, false, RETRY);
    handle.switchTo(provider, false);
    return provider;
  }

  static HandleStatus status(PluginHandle<Work> handle, @Nullable Provider<Work> provider) {
    return handle.status(provider == null ? List.of() : List.of(provider));
  }

  @Override
  public void close() {
    watch.close();
  }

  /** What a plugin does. */
  static final class Work {
    /** Comes back when it is let, or interrupted. */
    String hang(CountDownLatch until) throws InterruptedException {
      until.await();
      return "done";
    }

    /** Comes back when it is let, and not before. */
    String hangOn(CountDownLatch until) {
      boolean interrupted = false;
      while (true) {
        try {
          until.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return "done";
    }

    String answer() {
      return "yes";
    }
  }
}
