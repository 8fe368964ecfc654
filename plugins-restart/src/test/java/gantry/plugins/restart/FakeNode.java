// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.containers.Container;
import gantry.containers.Containers;
import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.names.Namespace;
import gantry.namespaces.NamespaceInfo;
import gantry.namespaces.Namespaces;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskStatus;
import gantry.testkit.RecordingEventBus;
import gantry.typed.TypedValue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Containers of one namespace and their tasks, in memory. Everything is guarded by this. */
final class FakeNode {
  static final Namespace NAMESPACE = new Namespace("default");

  final RecordingEventBus events = new RecordingEventBus();
  private final Map<String, Container> records = new HashMap<>();
  private final Map<String, ProcessState> tasks = new HashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final Map<String, RuntimeException> failures = new HashMap<>();
  private final Map<String, Consumer<String>> hooks = new HashMap<>();
  private int pid = 100;
  private Instant updated = Instant.EPOCH;

  synchronized void add(String id, Map<String, String> labels, String spec) {
    records.put(
        id,
        new Container(
            id,
            Labels.of(labels),
            "",
            "io.containerd.runc.v2",
            null,
            new TypedValue(TypedValue.SPEC, spec.getBytes(StandardCharsets.UTF_8)),
            "",
            "",
            Instant.EPOCH,
            updated,
            Map.of(),
            ""));
  }

  void add(String id, Map<String, String> labels) {
    add(id, labels, "{}");
  }

  /** The time that records get when they are changed. */
  synchronized void setUpdated(Instant time) {
    updated = time;
  }

  synchronized void remove(String id) {
    records.remove(id);
  }

  synchronized Labels labels(String id) {
    return record(id).labels();
  }

  private Container record(String id) {
    Container record = records.get(id);
    if (record == null) {
      throw new NotFoundException("container %s: not found".formatted(id));
    }
    return record;
  }

  synchronized void task(String id, TaskStatus status, int exit) {
    tasks.put(id, new ProcessState(id, pid++, status, "", "", "", false, exit, null));
    notifyAll();
  }

  /** Ends a running task, and says so. */
  void exit(String id, int status) {
    task(id, TaskStatus.STOPPED, status);
    events.publish(NAMESPACE, new Event.TaskExit(id, id, 1, status, Instant.now()));
  }

  synchronized @Nullable TaskStatus status(String id) {
    ProcessState state = tasks.get(id);
    return state == null ? null : state.status();
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized long calls(String call) {
    return calls.stream().filter(call::equals).count();
  }

  /** Lets a call of the form {@code verb id} fail from now on. */
  synchronized void fail(String call, RuntimeException failure) {
    failures.put(call, failure);
  }

  synchronized void heal(String call) {
    failures.remove(call);
  }

  /** Does something else in the middle of a call; without a lock. */
  synchronized void during(String call, Consumer<String> hook) {
    hooks.put(call, hook);
  }

  synchronized void await(BooleanSupplier wanted) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!wanted.getAsBoolean()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("not in time; calls: " + calls);
      }
      wait(left);
    }
  }

  Metadata metadata() {
    Containers containers = containers();
    Namespaces namespaces =
        proxy(
            Namespaces.class,
            (_, method, _) ->
                method.getName().equals("list")
                    ? List.of(new NamespaceInfo(NAMESPACE.name(), Labels.none()))
                    : unexpected(method));
    Scope scope =
        proxy(
            Scope.class,
            (_, method, _) ->
                method.getName().equals("containers") ? containers : unexpected(method));
    return proxy(
        Metadata.class,
        (_, method, _) ->
            switch (method.getName()) {
              case "namespaces" -> namespaces;
              case "in" -> scope;
              default -> unexpected(method);
            });
  }

  @SuppressWarnings("unchecked") // what the contracts' methods are declared with
  private Containers containers() {
    return proxy(
        Containers.class,
        (_, method, arguments) -> {
          synchronized (this) {
            return switch (method.getName()) {
              case "get" -> record((String) arguments[0]);
              case "walk" -> walk((Filter) arguments[0], (Consumer<Container>) arguments[1]);
              case "update" -> update((Container) arguments[0], (FieldPaths) arguments[1]);
              default -> unexpected(method);
            };
          }
        });
  }

  private @Nullable Object walk(Filter filter, Consumer<Container> sink) {
    records.values().stream().filter(filter::matches).forEach(sink);
    return null;
  }

  private Container update(Container to, FieldPaths paths) {
    Container old = record(to.id());
    Map<String, String> labels = new HashMap<>(old.labels().map());
    for (String path : paths.paths()) {
      String key = path.substring("labels.".length());
      labels.put(key, to.labels().find(key).orElse(""));
    }
    add(to.id(), labels, new String(specOf(old).value(), StandardCharsets.UTF_8));
    notifyAll();
    return record(to.id());
  }

  private static TypedValue specOf(Container record) {
    TypedValue spec = record.spec();
    if (spec == null) {
      throw new AssertionError();
    }
    return spec;
  }

  TaskManager tasks() {
    return proxy(
        TaskManager.class,
        (_, method, arguments) -> {
          String id =
              arguments[1] instanceof CreateTask request
                  ? request.containerId()
                  : (String) arguments[1];
          String call = method.getName() + " " + id;
          enter(call, id);
          return act(method, id, arguments);
        });
  }

  private void enter(String call, String id) {
    Consumer<String> hook;
    synchronized (this) {
      calls.add(call);
      notifyAll();
      RuntimeException failure = failures.get(call);
      if (failure != null) {
        throw failure;
      }
      hook = hooks.getOrDefault(call, _ -> {});
    }
    hook.accept(id);
  }

  private synchronized @Nullable Object act(Method method, String id, Object[] arguments)
      throws InterruptedException {
    if (method.getName().equals("create")) {
      record(id);
      if (tasks.containsKey(id)) {
        throw new AlreadyExistsException("task %s: already exists".formatted(id));
      }
      calls.add("io " + ((CreateTask) arguments[1]).io());
      task(id, TaskStatus.CREATED, 0);
      return 1;
    }
    ProcessState state = tasks.get(id);
    if (state == null) {
      throw new NotFoundException("task %s not found".formatted(id));
    }
    return switch (method.getName()) {
      case "get" -> state;
      case "start" -> become(id, TaskStatus.RUNNING, 0);
      case "kill" -> become(id, TaskStatus.STOPPED, 137);
      case "resume" -> null;
      case "await" -> awaitEnd(id);
      case "delete" -> delete(id);
      default -> unexpected(method);
    };
  }

  private Object become(String id, TaskStatus status, int exit) {
    task(id, status, exit);
    return 1;
  }

  private Exit awaitEnd(String id) throws InterruptedException {
    while (status(id) != TaskStatus.STOPPED) {
      wait();
    }
    return new Exit(1, 137, Instant.now());
  }

  private Exit delete(String id) {
    tasks.remove(id);
    notifyAll();
    return new Exit(1, 0, Instant.now());
  }

  private static @Nullable Object unexpected(Method method) {
    throw new UnsupportedOperationException(method.toString());
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
