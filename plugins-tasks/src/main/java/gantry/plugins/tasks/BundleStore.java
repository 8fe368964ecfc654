// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InternalException;
import gantry.errors.NotFoundException;
import gantry.runtime.Bundle;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, finds and removes bundles. A bundle appears whole and disappears whole: it is made and
 * removed under a hidden name. Safe for concurrent use, also by two instances in one process.
 */
final class BundleStore {
  private static final Logger LOG = LoggerFactory.getLogger(BundleStore.class);

  private final BundleLayout layout;
  private final Era era;
  private final Trees trees;
  private final RemappedGroup remapped = new RemappedGroup();

  BundleStore(BundleLayout layout, Era era, Trees trees) {
    this.layout = layout;
    this.era = era;
    this.trees = trees;
  }

  /**
   * Makes a bundle that is busy with its creation.
   *
   * @param spec null for a bundle without {@code config.json}
   * @throws AlreadyExistsException if there is one of this name
   */
  Bundle create(String namespace, String id, String runtime, @Nullable TypedValue spec) {
    Bundle bundle = layout.bundle(namespace, id);
    refuseIfExists(bundle);
    Path draft = layout.hidden(bundle.state(), unique());
    try {
      directory(layout.state().resolve(namespace), "rwx--x--x");
      write(draft, bundle, runtime, spec);
      name(draft, bundle);
      freshWork(bundle);
      return bundle;
    } catch (IOException e) {
      throw new InternalException("make bundle %s: %s".formatted(bundle.state(), e), e);
    } finally {
      trees.removeQuietly(draft);
    }
  }

  /** The bundle of a task, if there is one. */
  Optional<Bundle> find(String namespace, String id) {
    if (id.isEmpty() || id.startsWith(".") || id.contains("/")) {
      return Optional.empty();
    }
    Bundle bundle = layout.bundle(namespace, id);
    return Files.exists(layout.runtimeName(bundle.state()))
        ? Optional.of(bundle)
        : Optional.empty();
  }

  /** The bundles of a namespace, by id. */
  List<Bundle> list(String namespace) {
    return children(layout.state().resolve(namespace)).stream()
        .filter(path -> !layout.isHidden(path))
        .map(path -> layout.bundle(namespace, path.getFileName().toString()))
        .toList();
  }

  /** All bundles, by namespace and id. */
  List<Bundle> list() {
    return children(layout.state()).stream()
        .flatMap(namespace -> list(namespace.getFileName().toString()).stream())
        .toList();
  }

  /** The name of the runtime that has the task; empty if the bundle is gone. */
  Optional<String> runtime(Bundle bundle) {
    return read(layout.runtimeName(bundle.state())).map(String::strip);
  }

  /** What is being done to the task, if anything. */
  Optional<Busy> busy(Bundle bundle) {
    return read(layout.busy(bundle.state())).map(Busy::parse);
  }

  /**
   * Takes a task for deletion. What an earlier daemon was doing to it does not count, nor that
   * nobody wants it.
   *
   * @throws FailedPreconditionException if it is being created or deleted
   * @throws NotFoundException if it is gone
   */
  void beginDelete(Bundle bundle) {
    Path file = layout.busy(bundle.state());
    try {
      busy(bundle).filter(busy -> !busy.isUnderWay(era)).ifPresent(stale -> end(bundle));
      Files.writeString(
          file, Busy.now(Busy.Work.DELETE, era).text(), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new FailedPreconditionException(
          "delete task %s: it is busy: %s".formatted(bundle.id(), stage(bundle)), e);
    } catch (NoSuchFileException e) {
      throw new NotFoundException("task %s not found".formatted(bundle.id()), e);
    } catch (IOException e) {
      throw new InternalException("delete task %s: %s".formatted(bundle.id(), e), e);
    }
  }

  /** Nobody wants the task: whoever comes by next, in whichever era, removes it. */
  void discard(Bundle bundle) {
    Path file = layout.busy(bundle.state());
    try {
      Path fresh = Files.createTempFile(bundle.state(), ".busy", "");
      Files.writeString(fresh, Busy.now(Busy.Work.DISCARD, era).text());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      LOG.debug("bundle {} is gone already", bundle.state());
    } catch (IOException e) {
      throw new InternalException("task %s: %s".formatted(bundle.id(), e), e);
    }
  }

  /** The task is not busy any more. */
  void end(Bundle bundle) {
    try {
      Files.deleteIfExists(layout.busy(bundle.state()));
    } catch (IOException e) {
      throw new InternalException("task %s: %s".formatted(bundle.id(), e), e);
    }
  }

  /** Removes a bundle with its work directory; unmounts what is mounted in it. Idempotent. */
  void remove(Bundle bundle) {
    try {
      trees.clearMountPoint(bundle.rootfs());
      removeAtomically(bundle.state());
      removeAtomically(bundle.work());
    } catch (IOException e) {
      throw new InternalException("remove bundle %s: %s".formatted(bundle.state(), e), e);
    }
  }

  /** Removes what earlier daemons left half made or half removed, and work without a bundle. */
  void sweep() {
    for (Path namespace : children(layout.state())) {
      for (Path left : children(namespace)) {
        if (layout.isHidden(left) && !layout.isOf(era, left)) {
          trees.removeQuietly(left);
        }
      }
    }
    children(layout.root()).forEach(this::sweepWork);
  }

  private void sweepWork(Path namespace) {
    for (Path work : children(namespace)) {
      Path bundle = layout.state().resolve(layout.root().relativize(work));
      boolean orphan =
          layout.isHidden(work) ? !layout.isOf(era, work) : !Files.exists(bundle) && isOlder(work);
      if (orphan) {
        trees.removeQuietly(work);
      }
    }
  }

  /** What was made in this era may get, or just have lost, its bundle: somebody is at work. */
  private boolean isOlder(Path work) {
    try {
      BasicFileAttributes made = Files.readAttributes(work, BasicFileAttributes.class);
      return made.creationTime().toInstant().isBefore(era.began());
    } catch (IOException e) {
      return false;
    }
  }

  private void refuseIfExists(Bundle bundle) {
    if (Files.exists(bundle.state(), LinkOption.NOFOLLOW_LINKS)) {
      String stage = stage(bundle);
      throw new AlreadyExistsException(
          "task %s: %salready exists".formatted(bundle.id(), stage.isEmpty() ? "" : stage + ": "));
    }
  }

  private String stage(Bundle bundle) {
    return busy(bundle)
        .map(
            busy ->
                "its %s by runtime %s has been going on for %d s"
                    .formatted(
                        busy.work() == Busy.Work.CREATE
                            ? Attempts.CREATION
                            : busy.work() == Busy.Work.DELETE
                                ? Attempts.DELETION
                                : Attempts.CLEANUP,
                        runtime(bundle).orElse("?"),
                        Duration.between(busy.since(), Instant.now()).toSeconds()))
        .orElse("");
  }

  private void write(Path draft, Bundle bundle, String runtime, @Nullable TypedValue spec)
      throws IOException {
    Files.createDirectory(draft);
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx------"));
    directory(layout.rootfs(draft), "rwx--x--x");
    Files.createSymbolicLink(layout.workLink(draft), bundle.work());
    if (spec != null) {
      Files.write(layout.config(draft), spec.value());
      admitGroup(draft, remapped.of(spec));
    }
    Files.writeString(layout.runtimeName(draft), runtime + "\n");
    Files.writeString(layout.busy(draft), Busy.now(Busy.Work.CREATE, era).text());
  }

  /** Root of a user namespace is another user on the host and must be able to pass. */
  private static void admitGroup(Path draft, int gid) throws IOException {
    if (gid != 0) {
      Files.setAttribute(draft, "unix:gid", gid);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx--x---"));
    }
  }

  /** Renaming is what makes a creation exclusive: a bundle is never empty, so none is replaced. */
  private void name(Path draft, Bundle bundle) throws IOException {
    try {
      Files.move(draft, bundle.state(), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (IOException e) {
      refuseIfExists(bundle);
      throw e;
    }
  }

  private void freshWork(Bundle bundle) throws IOException {
    directory(layout.root().resolve(bundle.namespace()), "rwx--x--x");
    removeAtomically(bundle.work());
    directory(bundle.work(), "rwx--x--x");
  }

  private void removeAtomically(Path path) throws IOException {
    Path hidden = layout.hidden(path, unique());
    try {
      Files.move(path, hidden, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    trees.remove(hidden);
  }

  private String unique() {
    return era.token() + "." + UUID.randomUUID();
  }

  private static void directory(Path path, String mode) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new InternalException("read %s: %s".formatted(file, e), e);
    }
  }

  private static List<Path> children(Path directory) {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new InternalException("list %s: %s".formatted(directory, e), e);
    }
  }
}
