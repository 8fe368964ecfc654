// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.CanceledException;
import gantry.errors.InternalException;
import gantry.linux.Mounts;
import gantry.linux.Remnants;
import gantry.runtime.Bundle;
import gantry.runtime.Exit;
import gantry.runtime.TaskRuntime.TaskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is left of a container that the supervisor does not know: its processes, runc's
 * state and the mounts of its bundle.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A process that nobody saw die has died by the kill signal, as far as anybody can tell. */
  private static final int KILLED = 137;

  /** A path that JSON would have to escape is none that a container's name ends. */
  private static final Pattern CGROUPS = Pattern.compile("\"cgroupsPath\"\\s*:\\s*\"([^\"]*)\"");

  private final SupervisorLayout layout;

  Leftovers(SupervisorLayout layout) {
    this.layout = layout;
  }

  Exit remove(Bundle bundle) {
    int pid = pid(bundle.state().resolve("init.pid"));
    Path root = layout.runtimeRoot(bundle.namespace());
    try {
      // One that a supervisor began before it was killed would go on making what is removed here.
      Remnants.end(root.toString(), bundle.id(), Duration.ZERO);
    } catch (IOException e) {
      throw new InternalException("clean up container %s: %s".formatted(bundle.id(), e), e);
    }
    if (Files.isDirectory(root.resolve(bundle.id()))) {
      forceDelete(new TaskName(bundle.namespace(), bundle.id()));
    }
    try {
      Remnants.removeCgroups(cgroups(bundle), bundle.id());
      Mounts.unmountRecursive(bundle.rootfs());
    } catch (IOException e) {
      throw new InternalException("clean up %s: %s".formatted(bundle.rootfs(), e.getMessage()), e);
    }
    return new Exit(pid, KILLED, Instant.now());
  }

  /** Where the specification wants its control groups; empty for nowhere in particular. */
  private static String cgroups(Bundle bundle) throws IOException {
    try {
      Matcher path = CGROUPS.matcher(Files.readString(bundle.state().resolve("config.json")));
      return path.find() ? path.group(1) : "";
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Has runc kill and delete a container. */
  void forceDelete(TaskName task) {
    Path root = layout.runtimeRoot(task.namespace());
    ProcessBuilder builder =
        new ProcessBuilder("runc", "--root", root.toString(), "delete", "--force", task.id())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      try {
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("clean up container {}: runc was killed after {}", task.id(), LIMIT);
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new InternalException(
          "clean up container %s: runc cannot be started: %s".formatted(task.id(), e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("clean up container %s: interrupted".formatted(task.id()), e);
    }
  }

  private static int pid(Path file) {
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
