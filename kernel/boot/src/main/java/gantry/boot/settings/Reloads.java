// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.errors.GantryException;
import gantry.plugins.ConfigDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads that nobody waits for: on a signal, and when a file was changed. What comes of them is
 * logged.
 */
public final class Reloads implements Runnable, AutoCloseable {
  /** Property of the service by which the launcher passes on the signal. */
  public static final String SERVICE = "gantry.reload";

  private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

  private final LiveSettings settings;
  private @Nullable FileWatch watch;

  /** The reason of the last refusal: a file that stays as it is is told of once. */
  private String refusal = "";

  /** Waits for signals. */
  public Reloads(LiveSettings settings) {
    this.settings = settings;
  }

  /** Watches the files as well. */
  public void watchFiles() {
    try {
      FileWatch fresh = new FileWatch(() -> settings.inForce().places(), this::fileChanged);
      fresh.open();
      watch = fresh;
    } catch (IOException e) {
      LOG.warn("config: files are not watched, send SIGHUP after a change: {}", e.toString());
    }
  }

  /** Called for a signal; throws nothing. */
  @Override
  public void run() {
    try {
      if (settings.reload(false).isEmpty()) {
        LOG.info("config: nothing differs from what is in force");
      }
    } catch (GantryException e) {
      LOG.error("{}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("reload configuration", e);
    }
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }

  private void fileChanged() {
    Path empty = emptied();
    if (empty != null) {
      refuse("config: %s is empty; taken for half written, nothing is changed".formatted(empty));
      return;
    }
    try {
      List<ConfigDifference> differences = settings.reload(false);
      LOG.debug("config: {} keys differed after a file was changed", differences.size());
      refusal = "";
    } catch (GantryException e) {
      refuse(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("reload configuration", e);
    }
  }

  private void refuse(String reason) {
    if (!reason.equals(refusal)) {
      LOG.error("{}", reason);
      refusal = reason;
    }
  }

  /** The main file, if an editor has emptied it and not filled it again; else null. */
  private @Nullable Path emptied() {
    for (Path place : settings.inForce().places()) {
      if (Files.isRegularFile(place)) {
        return place.toFile().length() == 0 ? place : null;
      }
    }
    return null;
  }
}
