// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.InternalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The files in a bundle that tell of its shim, named as containerd and shims name them. */
record ShimFiles(Path bundle) {
  private static final String SANDBOX = "sandbox";

  /** The pipe that shims write their log to. */
  Path log() {
    return bundle.resolve("log");
  }

  /** Notes how to talk to the shim; whole or not at all. */
  void write(Bootstrap bootstrap) {
    write(bundle.resolve("bootstrap.json"), bootstrap.json(), "rw-r--r--");
  }

  /** Notes which program the shim is. */
  void writeProgram(Path program) {
    write(
        bundle.resolve("shim-binary-path"),
        program.toString().getBytes(StandardCharsets.UTF_8),
        "rw-------");
  }

  /** Notes that the shim is that of a sandbox. */
  void writeSandbox(String id) {
    write(bundle.resolve(SANDBOX), id.getBytes(StandardCharsets.UTF_8), "rw-------");
  }

  /** Whether the shim is that of a sandbox, whose controller ends it. */
  boolean isSandboxed() {
    return Files.exists(bundle.resolve(SANDBOX));
  }

  /** How to talk to the shim; old shims leave only an address. */
  Optional<Bootstrap> bootstrap() {
    return read(bundle.resolve("bootstrap.json"))
        .or(() -> read(bundle.resolve("address")))
        .filter(bytes -> bytes.length > 0)
        .map(Bootstrap::parse);
  }

  /** Which program the shim is; empty if it was never started. */
  Optional<Path> program() {
    return read(bundle.resolve("shim-binary-path"))
        .map(bytes -> Path.of(new String(bytes, StandardCharsets.UTF_8).strip()));
  }

  private static Optional<byte[]> read(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new InternalException("read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void write(Path file, byte[] content, String mode) {
    Path draft = file.resolveSibling("." + file.getFileName() + ".new");
    try {
      Files.deleteIfExists(draft);
      Files.createFile(
          draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
      Files.write(draft, content);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new InternalException("write %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
