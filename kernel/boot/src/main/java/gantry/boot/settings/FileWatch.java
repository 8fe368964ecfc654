// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when one of some files was written, replaced, made or removed, once nothing more happens to
 * any of them. It watches directories, since editors put a new file in the place of the old one;
 * where a directory is missing, the nearest one above it. On file systems of other hosts the host's
 * kernel tells of nothing.
 */
final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
  private static final Duration REST = Duration.ofMillis(500);
  private static final Duration RESTLESS_MAX = Duration.ofSeconds(10);

  /** Begins the names under which an orchestrator swaps all files of a directory at once. */
  private static final String SWAPPED = "..";

  private final Supplier<List<Path>> places;
  private final Runnable changed;
  private final WatchService service;
  private final Map<WatchKey, Set<PathMatcher>> watched = new HashMap<>();

  /**
   * Watches nothing yet.
   *
   * @param places the files now; the last segment may have asterisks
   * @param changed is told, in the watch's own thread
   */
  FileWatch(Supplier<List<Path>> places, Runnable changed) throws IOException {
    this.places = places;
    this.changed = changed;
    this.service = FileSystems.getDefault().newWatchService();
  }

  /** Begins. */
  void open() {
    Thread.ofVirtual().name("config-watch").start(this::watch);
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      LOG.debug("close watch", e);
    }
  }

  private void watch() {
    try {
      register();
      while (true) {
        if (concerns(service.take())) {
          awaitRest();
          changed.run();
          register();
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.trace("watch ends", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitRest() throws InterruptedException {
    long end = System.nanoTime() + RESTLESS_MAX.toNanos();
    long rest = System.nanoTime() + REST.toNanos();
    while (true) {
      long now = System.nanoTime();
      WatchKey key = service.poll(Math.min(rest, end) - now, TimeUnit.NANOSECONDS);
      if (key == null) {
        return;
      }
      if (concerns(key)) {
        rest = System.nanoTime() + REST.toNanos();
      }
    }
  }

  /** Whether one of the files is meant; the key can tell of more afterwards. */
  private boolean concerns(WatchKey key) {
    boolean concerns = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      concerns |= concerns(key, event.context() instanceof Path name ? name : null);
    }
    return !key.reset() || concerns;
  }

  private boolean concerns(WatchKey key, @Nullable Path name) {
    return name == null
        || name.toString().startsWith(SWAPPED)
        || watched.getOrDefault(key, Set.of()).stream().anyMatch(names -> names.matches(name));
  }

  /** Looks at the directories anew: files may have come, gone or been linked elsewhere. */
  private void register() {
    Map<Path, Set<PathMatcher>> directories = new HashMap<>();
    for (Path place : places.get()) {
      add(directories, place);
      try {
        Path real = place.toRealPath();
        if (!real.equals(place)) {
          add(directories, real);
        }
      } catch (IOException e) {
        LOG.trace("{} is not there", place, e);
      }
    }
    Map<WatchKey, Set<PathMatcher>> fresh = new HashMap<>();
    directories.forEach((directory, names) -> register(directory, names, fresh));
    watched.keySet().stream().filter(key -> !fresh.containsKey(key)).forEach(WatchKey::cancel);
    watched.clear();
    watched.putAll(fresh);
  }

  private static void add(Map<Path, Set<PathMatcher>> directories, Path place) {
    Path directory = place.getParent();
    Path below = place;
    while (directory != null && !Files.isDirectory(directory)) {
      below = directory;
      directory = directory.getParent();
    }
    Path name = below.getFileName();
    if (directory != null && name != null) {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
      directories.computeIfAbsent(directory, key -> new HashSet<>()).add(matcher);
    }
  }

  private void register(
      Path directory, Set<PathMatcher> names, Map<WatchKey, Set<PathMatcher>> fresh) {
    try {
      WatchKey key =
          directory.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
      fresh.put(key, names);
    } catch (IOException e) {
      LOG.warn("config: changes in {} will not be noticed: {}", directory, e.toString());
    }
  }
}
