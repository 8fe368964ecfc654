// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.runc.v1.Options;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnimplementedException;
import gantry.wire.AnyWire;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the runtime a task wants. */
final class Runtimes {
  private static final String OPTIONS = "containerd.runc.v1.Options";
  private static final String DEFAULT = "runc";

  private final Host host;

  Runtimes(Host host) {
    this.host = host;
  }

  /** Reads the options of a request; those not given have their defaults. */
  static Options options(Any any) {
    if (any.getValue().isEmpty()) {
      return Options.getDefaultInstance();
    }
    if (!AnyWire.typeName(any.getTypeUrl()).equals(OPTIONS)) {
      throw new InvalidArgumentException(
          "read runtime options: " + any.getTypeUrl() + " is not " + OPTIONS);
    }
    try {
      return Options.parseFrom(any.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("read runtime options: malformed", e);
    }
  }

  Runc of(TaskKey task, Options options) {
    requirePossible(task, options);
    Path base = options.getRoot().isEmpty() ? host.runtimeRoot() : Path.of(options.getRoot());
    String name = options.getBinaryName().isEmpty() ? DEFAULT : options.getBinaryName();
    return new Runc(
        new RuntimeCommand(host.exits(), find(name, task), host.scratch()),
        base.resolve(task.namespace()),
        new Runc.RuncFlags(
            options.getSystemdCgroup(), options.getNoPivotRoot(), options.getNoNewKeyring()));
  }

  @SuppressWarnings("deprecation") // of no use to clients any more, but still sent
  private static void requirePossible(TaskKey task, Options options) {
    refuse(
        task,
        "shim_cgroup",
        !options.getShimCgroup().isEmpty(),
        "all tasks have one supervisor, whose control group is its own");
    refuse(
        task,
        "task_api_address",
        !options.getTaskApiAddress().isEmpty(),
        "the supervisor is where the task is served");
  }

  private static void refuse(TaskKey task, String option, boolean given, String reason) {
    if (given) {
      throw new UnimplementedException(
          "run task %s: runtime option %s is not possible here: %s: leave it out"
              .formatted(task.id(), option, reason));
    }
  }

  private static Path find(String name, TaskKey task) {
    if (name.contains("/")) {
      return require(Path.of(name), name, task);
    }
    String search = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    for (String directory : search.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory, name);
      if (!directory.isEmpty() && Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw missing(name, task, "not found on PATH");
  }

  private static Path require(Path path, String name, TaskKey task) {
    if (!Files.isExecutable(path)) {
      throw missing(name, task, "not there or not executable");
    }
    return path;
  }

  private static FailedPreconditionException missing(String name, TaskKey task, String reason) {
    return new FailedPreconditionException(
        "run task %s: runtime \"%s\" %s: install it, or name another by the runtime option BinaryName"
            .formatted(task.id(), name, reason));
  }
}
