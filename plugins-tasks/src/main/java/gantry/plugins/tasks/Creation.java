// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.containers.Container;
import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.plugins.Handle;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.typed.TypedValue;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes tasks. A creation goes on when its caller leaves: one who asks for the same meanwhile takes
 * it over; if nobody does, what was made is removed again. Safe for concurrent use.
 */
final class Creation {
  /** How long a runtime is asked what it is at. */
  private static final Duration ASKING = Duration.ofMillis(500);

  private final Attempts attempts;
  private final BundleStore bundles;
  private final Recovery recovery;
  private final Laggards laggards;
  private final Checkpoints checkpoints;
  private final TimeLimits limits;
  private final Function<Bundle, Handle<TaskRuntime>> holder;

  /**
   * Makes tasks.
   *
   * @param holder finds the runtime that has a task
   */
  Creation(
      Attempts attempts,
      BundleStore bundles,
      Recovery recovery,
      Laggards laggards,
      Checkpoints checkpoints,
      TimeLimits limits,
      Function<Bundle, Handle<TaskRuntime>> holder) {
    this.attempts = attempts;
    this.bundles = bundles;
    this.recovery = recovery;
    this.laggards = laggards;
    this.checkpoints = checkpoints;
    this.limits = limits;
    this.holder = holder;
  }

  /**
   * A creation somebody asks for.
   *
   * @param request as it came
   * @param runtime name of the runtime
   * @param recorded options of the container for its runtime, or null
   * @param spec of the container, or null
   * @param sandboxId of the container, may be empty
   */
  record Wanted(
      Namespace namespace,
      CreateTask request,
      String runtime,
      @Nullable TypedValue recorded,
      @Nullable TypedValue spec,
      String sandboxId) {
    static Wanted of(Namespace namespace, CreateTask request, String runtime, Container container) {
      return new Wanted(
          namespace,
          request,
          runtime,
          container.runtimeOptions(),
          container.spec(),
          container.sandboxId());
    }

    TaskName task() {
      return new TaskName(namespace.name(), request.containerId());
    }
  }

  /**
   * Makes a task, or takes part in its being made.
   *
   * @param patience how long the caller waits
   * @return pid of the init process
   * @throws AlreadyExistsException if there is one, or another one is being made
   */
  int run(Handle<TaskRuntime> runtime, Wanted wanted, Duration patience) {
    return attempts.run(
        wanted.task(),
        Attempts.CREATION,
        wanted,
        patience,
        attempt -> make(runtime, wanted, attempt),
        other ->
            new AlreadyExistsException(
                "task %s: %s: already exists".formatted(wanted.task().id(), other.words())));
  }

  private int make(Handle<TaskRuntime> runtime, Wanted wanted, Attempt<Integer> attempt) {
    TaskName task = wanted.task();
    attempt.stage("removing what an earlier attempt left");
    bundles
        .find(task.namespace(), task.id())
        .ifPresent(left -> recovery.reclaim(holder.apply(left), left));
    attempt.stage("writing the bundle");
    Bundle bundle = bundles.create(task.namespace(), task.id(), wanted.runtime(), wanted.spec());
    int pid;
    try {
      pid = make(runtime, bundle, wanted, attempt);
    } catch (RuntimeException e) {
      String now = attempt.words();
      abandon(runtime, bundle, e);
      throw told(task, now, e);
    }
    if (attempt.settle()) {
      bundles.end(bundle);
      return pid;
    }
    attempt.stage("removing what nobody waited for");
    laggards.discard(runtime, bundle);
    throw new CanceledException(
        "create task %s: its caller left, it was removed".formatted(task.id()));
  }

  private int make(
      Handle<TaskRuntime> runtime, Bundle bundle, Wanted wanted, Attempt<Integer> attempt) {
    attempt.stage("reading the checkpoint");
    String image = checkpoints.unpack(Caller.of(wanted.namespace()), wanted.request(), bundle);
    CreateTask effective = TaskOptions.complete(wanted, image);
    attempt.stage(() -> stage(runtime, wanted));
    Duration limit = Task.allowed(TaskLimit.CREATE.in(limits));
    return runtime.within(limit).call(r -> r.create(bundle, effective));
  }

  /** What the runtime says that it is at. */
  private static String stage(Handle<TaskRuntime> runtime, Wanted wanted) {
    String name = "runtime " + wanted.runtime();
    try {
      String stage =
          Deadline.start(
                  "stage of task " + wanted.task().id(),
                  ASKING,
                  () -> runtime.call(r -> r.stage(wanted.task())))
              .get();
      return stage.isEmpty() ? name : name + ": " + stage;
    } catch (GantryException e) {
      return "%s, which does not say more: %s".formatted(name, e.getMessage());
    }
  }

  /** A creation without an answer may have made something; one with an answer has not. */
  private void abandon(Handle<TaskRuntime> runtime, Bundle bundle, RuntimeException failure) {
    try {
      if (isUnanswered(failure)) {
        laggards.discard(runtime, bundle);
      } else {
        bundles.remove(bundle);
      }
    } catch (GantryException e) {
      bundles.discard(bundle);
      laggards.recover(runtime, bundle);
      failure.addSuppressed(e);
    }
  }

  private static boolean isUnanswered(RuntimeException failure) {
    return failure instanceof UnavailableException
        || failure instanceof DeadlineExceededException
        || failure instanceof CanceledException;
  }

  private static RuntimeException told(TaskName task, String now, RuntimeException failure) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    return switch (failure) {
      case UnknownException e when !message.startsWith(Runtimes.NOT_STARTED) ->
          new UnknownException("failed to create shim task: " + message, e);
      case DeadlineExceededException e ->
          new DeadlineExceededException(
              "create task %s: %s: %s".formatted(task.id(), now, message), e);
      case UnavailableException e ->
          new UnavailableException("create task %s: %s: %s".formatted(task.id(), now, message), e);
      default -> failure;
    };
  }
}
