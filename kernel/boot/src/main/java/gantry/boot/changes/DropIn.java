// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a directory into which jars are dropped. Events only say that it is time to look;
 * what counts is what is found then. A file is looked at twice, and counts if it has not changed
 * between: a jar that is still being copied is not whole, since its table of contents is its end.
 */
final class DropIn implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DropIn.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  /** Who puts a file in the place of another may delete that first. */
  private static final Duration MISSING_MAX = Duration.ofMillis(500);

  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final Path directory;
  private final Drops drops;
  private final Map<String, Look> looked = new HashMap<>();
  private final Map<String, Look> decided = new HashMap<>();

  /** When each was seen first as it is now, or missed first, by the clock of nanoseconds. */
  private final Map<String, Long> since = new HashMap<>();

  private @Nullable WatchService watcher;
  private @Nullable Thread thread;

  /**
   * Looks at nothing yet.
   *
   * @param drops does what is to be done
   */
  DropIn(Path directory, Drops drops) {
    this.directory = directory;
    this.drops = drops;
  }

  /** What a file looked like. */
  private record Look(long size, FileTime modified) {}

  /** Begins with what is there and goes on with what comes. */
  void open() {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      if (Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
        LOG.warn("nothing is taken from {}: everybody may write there", directory);
        return;
      }
      WatchService service = directory.getFileSystem().newWatchService();
      directory.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
      watcher = service;
      thread = Thread.ofPlatform().daemon().name("drop-in").start(() -> watch(service));
    } catch (IOException e) {
      LOG.warn("nothing is taken from {}: {}", directory, e.toString());
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    Thread watching = thread;
    WatchService service = watcher;
    if (watching == null || service == null) {
      return;
    }
    try {
      service.close();
      watching.interrupt();
      if (!watching.join(CLOSE_MAX)) {
        LOG.warn("what was dropped into {} is still being taken", directory);
      }
    } catch (IOException e) {
      LOG.debug("close watch of {}", directory, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(WatchService service) {
    try {
      while (true) {
        WatchKey key =
            look() ? service.poll(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS) : service.take();
        if (key != null) {
          key.pollEvents();
          if (!key.reset()) {
            LOG.warn("nothing more is taken from {}: it is gone", directory);
            return;
          }
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      LOG.debug("{} is not looked at any more", directory);
    } catch (IOException | RuntimeException e) {
      LOG.error("nothing more is taken from {}", directory, e);
    }
  }

  /**
   * Takes what is ready.
   *
   * @return whether something must be looked at again
   */
  private boolean look() throws IOException {
    Map<String, Look> present = list();
    boolean again = false;
    for (Map.Entry<String, Look> file : present.entrySet()) {
      String name = file.getKey();
      Look now = file.getValue();
      if (!now.equals(looked.put(name, now))) {
        since.put(name, System.nanoTime());
        again = true;
      } else if (!now.equals(decided.get(name))) {
        if (isYoung(name, BETWEEN_LOOKS)) {
          again = true;
        } else {
          decided.put(name, now);
          drops.take(directory.resolve(name));
        }
      }
    }
    decided.keySet().retainAll(present.keySet());
    boolean missing = lookForMissing(present.keySet());
    return again || missing;
  }

  private boolean lookForMissing(Set<String> present) {
    boolean again = false;
    Set<String> missing = new HashSet<>(drops.files());
    missing.removeAll(present);
    for (String name : missing) {
      if (looked.remove(name) != null || !since.containsKey(name)) {
        since.put(name, System.nanoTime());
        again = true;
      } else if (isYoung(name, MISSING_MAX)) {
        again = true;
      } else {
        since.remove(name);
        drops.gone(name);
      }
    }
    looked.keySet().retainAll(present);
    return again;
  }

  private boolean isYoung(String name, Duration age) {
    Long first = since.get(name);
    return first != null && System.nanoTime() - first < age.toNanos();
  }

  private Map<String, Look> list() throws IOException {
    Map<String, Look> present = new TreeMap<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "[!.]*.jar")) {
      for (Path jar : jars) {
        BasicFileAttributes attributes = attributes(jar);
        if (attributes != null && attributes.isRegularFile()) {
          present.put(
              String.valueOf(jar.getFileName()),
              new Look(attributes.size(), attributes.lastModifiedTime()));
        }
      }
    }
    return present;
  }

  private static @Nullable BasicFileAttributes attributes(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      // It went away meanwhile.
      return null;
    }
  }
}
