// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.plugins.Handle;
import gantry.runtime.TaskRuntime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The runtimes there are, by the names they serve. Safe for concurrent use. */
final class Runtimes {
  /** How every message begins that says why no shim, as opposed to no task, was started. */
  static final String NOT_STARTED = "failed to start shim: ";

  private final Map<String, Handle<TaskRuntime>> byName = new ConcurrentHashMap<>();
  private volatile Set<String> notByAny = Set.of();
  private volatile Supplier<String> absent = () -> "";

  /** Sets who tells why runtimes are not there, for the end of a message. */
  void explainBy(Supplier<String> absent) {
    this.absent = absent;
  }

  /** Adds a runtime under all its names. */
  void add(Handle<TaskRuntime> runtime, Map<String, ?> properties) {
    Set<String> names = names(properties.get(TaskRuntime.RUNTIME_PROPERTY));
    if (names.contains(TaskRuntime.ANY)) {
      notByAny = names(properties.get(TaskRuntime.EXCEPT_PROPERTY));
    }
    names.forEach(name -> byName.put(name, runtime));
  }

  /** Whether tasks of this runtime name are with this runtime now. */
  @SuppressWarnings("ReferenceEquality") // a handle is the same as long as its plugin is there
  boolean has(Handle<TaskRuntime> runtime, String name) {
    return find(name) == runtime;
  }

  void remove(Handle<TaskRuntime> runtime) {
    byName.values().removeIf(runtime::equals);
  }

  /**
   * The runtime that a new task shall have.
   *
   * @throws UnknownException if there is none of this name; the words are those clients know
   */
  Handle<TaskRuntime> forNew(String name) {
    Handle<TaskRuntime> runtime = find(name);
    if (runtime == null) {
      throw new UnknownException(
          "%sfailed to resolve runtime path: %s%s"
              .formatted(NOT_STARTED, missing(name), absent.get()));
    }
    return runtime;
  }

  /**
   * The runtime that has a task.
   *
   * @throws UnavailableException if it is not here now
   */
  Handle<TaskRuntime> of(String task, String name) {
    Handle<TaskRuntime> runtime = find(name);
    if (runtime == null) {
      throw new UnavailableException(
          "task %s: its runtime \"%s\" is not here%s".formatted(task, name, absent.get()));
    }
    return runtime;
  }

  private @Nullable Handle<TaskRuntime> find(String name) {
    Handle<TaskRuntime> own = byName.get(name);
    return own == null && !notByAny.contains(name) ? byName.get(TaskRuntime.ANY) : own;
  }

  /** Names the program that containerd would look for: the last two words of the name. */
  private static String missing(String name) {
    String[] words = name.split("\\.", -1);
    if (!name.startsWith("/") && (words.length < 2 || Arrays.asList(words).contains(""))) {
      return "invalid runtime name %s, want one like io.containerd.runc.v2".formatted(name);
    }
    String program =
        name.startsWith("/")
            ? name
            : "containerd-shim-%s-%s".formatted(words[words.length - 2], words[words.length - 1]);
    return "runtime \"%s\" binary not installed \"%s\": file does not exist"
        .formatted(name, program);
  }

  private static Set<String> names(@Nullable Object property) {
    return Set.copyOf(
        switch (property) {
          case null -> List.<String>of();
          case String[] several -> List.of(several);
          case Collection<?> several -> several.stream().map(String::valueOf).toList();
          default -> List.of(String.valueOf(property));
        });
  }
}
