// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.AlreadyExistsException;
import gantry.errors.InternalException;
import gantry.runtime.Bundle;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The bundles of sandboxes: {@code ‹namespace›/‹id›} below the plugin's two directories. Safe for
 * concurrent use.
 *
 * @param state lost at reboot
 * @param root outlives a reboot
 */
record SandboxBundles(Path state, Path root) {
  /** Where it is noted which sandboxes there are; no namespace can have this name. */
  Path links() {
    return state.resolve(".links");
  }

  /** Where the bundle of a sandbox is, or would be. */
  Bundle bundle(TaskName sandbox) {
    return new Bundle(
        sandbox.namespace(),
        sandbox.id(),
        state.resolve(sandbox.namespace()).resolve(sandbox.id()),
        root.resolve(sandbox.namespace()).resolve(sandbox.id()));
  }

  /**
   * Makes a bundle.
   *
   * @param spec becomes its {@code config.json}; null for none
   * @throws AlreadyExistsException if there is one
   */
  Bundle create(TaskName sandbox, @Nullable TypedValue spec) {
    Bundle bundle = bundle(sandbox);
    try {
      Files.createDirectories(bundle.state().getParent());
      Files.createDirectory(
          bundle.state(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      throw new AlreadyExistsException(
          "sandbox %s: bundle already exists".formatted(sandbox.id()), e);
    } catch (IOException e) {
      throw new InternalException("make bundle %s: %s".formatted(bundle.state(), e), e);
    }
    try {
      Files.createDirectory(bundle.rootfs());
      remove(bundle.work());
      Files.createDirectories(bundle.work());
      Files.createSymbolicLink(bundle.state().resolve("work"), bundle.work());
      if (spec != null) {
        Files.write(bundle.state().resolve("config.json"), spec.value());
      }
      return bundle;
    } catch (IOException e) {
      InternalException failure =
          new InternalException("make bundle %s: %s".formatted(bundle.state(), e), e);
      try {
        delete(bundle);
      } catch (InternalException again) {
        failure.addSuppressed(again);
      }
      throw failure;
    }
  }

  /** Removes a bundle, whose root filesystem is unmounted; its name is free first. Idempotent. */
  void delete(Bundle bundle) {
    Path hidden = bundle.state().resolveSibling("." + bundle.id());
    try {
      remove(hidden);
      Files.move(bundle.state(), hidden, StandardCopyOption.ATOMIC_MOVE);
      remove(hidden);
    } catch (NoSuchFileException e) {
      // gone already; what it kept elsewhere goes below
    } catch (IOException e) {
      throw new InternalException("remove bundle %s: %s".formatted(bundle.state(), e), e);
    }
    try {
      remove(bundle.work());
    } catch (IOException e) {
      throw new InternalException("remove %s: %s".formatted(bundle.work(), e), e);
    }
  }

  private static void remove(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
