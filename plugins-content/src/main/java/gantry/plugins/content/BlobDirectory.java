// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blobs. Safe for concurrent use. */
final class BlobDirectory {
  private static final Logger log = LoggerFactory.getLogger(BlobDirectory.class);

  private final ContentLayout layout;

  /**
   * Held for a look and a rename, so that of several writers of one digest exactly one makes it.
   */
  private final ReentrantLock naming = new ReentrantLock();

  /**
   * Algorithms whose directory this instance made durable. That it is there says little: whoever is
   * just making it may not have come so far.
   */
  private final Set<String> durable = ConcurrentHashMap.newKeySet();

  BlobDirectory(ContentLayout layout) {
    this.layout = layout;
  }

  BlobInfo info(Digest digest) throws IOException {
    try {
      return read(digest, layout.blob(digest));
    } catch (NoSuchFileException e) {
      throw missing(digest, e);
    }
  }

  void walk(Filter filter, Consumer<BlobInfo> sink) throws IOException {
    try (DirectoryStream<Path> algorithms = Files.newDirectoryStream(layout.blobs())) {
      for (Path algorithm : algorithms) {
        if (Files.isDirectory(algorithm)) {
          walk(algorithm, filter, sink);
        }
      }
    }
  }

  private void walk(Path algorithm, Filter filter, Consumer<BlobInfo> sink) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(algorithm)) {
      for (Path file : files) {
        Optional<Digest> digest = digestOf(algorithm, file);
        Optional<BlobInfo> info = digest.isEmpty() ? Optional.empty() : find(digest.get());
        if (info.isPresent() && filter.matches(info.get())) {
          sink.accept(info.get());
        }
      }
    }
  }

  private static Optional<Digest> digestOf(Path algorithm, Path file) {
    try {
      return Optional.of(
          new Digest(String.valueOf(algorithm.getFileName()), String.valueOf(file.getFileName())));
    } catch (InvalidArgumentException e) {
      log.warn("ignore {}: not named by a digest", file);
      return Optional.empty();
    }
  }

  private Optional<BlobInfo> find(Digest digest) throws IOException {
    try {
      return Optional.of(read(digest, layout.blob(digest)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static BlobInfo read(Digest digest, Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    Instant committed = attributes.lastModifiedTime().toInstant();
    return new BlobInfo(digest, attributes.size(), committed, committed, Labels.none());
  }

  void delete(Digest digest) throws IOException {
    try {
      Files.delete(layout.blob(digest));
    } catch (NoSuchFileException e) {
      throw missing(digest, e);
    }
  }

  ContentReader open(Digest digest) throws IOException {
    try {
      return BlobReader.open(layout.blob(digest));
    } catch (NoSuchFileException e) {
      throw missing(digest, e);
    }
  }

  /** Refuses a digest that is there already, as durable as a commit would make it. */
  void requireAbsent(Digest digest) throws IOException {
    if (Files.exists(layout.blob(digest))) {
      // Whoever just committed it may not have made its name durable yet.
      ContentLayout.sync(layout.blobs(digest.algorithm()));
      throw existing(digest);
    }
  }

  /**
   * Gives a finished file its name.
   *
   * @param file durable already
   * @throws AlreadyExistsException if the blob exists; it is durable then
   * @throws NoSuchFileException if the file is gone
   */
  void add(Path file, Digest digest) throws IOException {
    Path directory = directory(digest.algorithm());
    Path blob = layout.blob(digest);
    boolean added = rename(file, blob);
    // Also if another was first: its name may not be durable yet, and our caller will rely on it.
    ContentLayout.sync(directory);
    if (!added) {
      throw existing(digest);
    }
  }

  private Path directory(String algorithm) throws IOException {
    if (durable.contains(algorithm)) {
      return layout.blobs(algorithm);
    }
    Path made = layout.makeBlobs(algorithm);
    durable.add(algorithm);
    return made;
  }

  private boolean rename(Path file, Path blob) throws IOException {
    naming.lock();
    try {
      if (Files.exists(blob)) {
        return false;
      }
      Files.move(file, blob, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } finally {
      naming.unlock();
    }
  }

  private static NotFoundException missing(Digest digest, NoSuchFileException cause) {
    return new NotFoundException("content %s: not found".formatted(digest), cause);
  }

  private static AlreadyExistsException existing(Digest digest) {
    return new AlreadyExistsException("content %s: already exists".formatted(digest));
  }
}
