// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskStatus;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A runtime whose tasks are entries of a map: created, running, or stopped by any signal. */
final class FakeRuntime implements TaskRuntime {
  static final String NAME = "io.containerd.fake.v1";
  static final int STATUS = 7;

  final Map<String, TaskStatus> tasks = new ConcurrentHashMap<>();
  final List<String> cleaned = new CopyOnWriteArrayList<>();
  volatile @Nullable CreateTask created;

  /** Where the last checkpoint was written. */
  volatile @Nullable Path checkpointed;

  /** What the next calls throw; null for nothing. */
  volatile @Nullable Supplier<RuntimeException> failure;

  /** What the next waits throw, one each. */
  final Queue<RuntimeException> waitFailures = new ConcurrentLinkedQueue<>();

  /** Opened by the first creation. */
  final CountDownLatch creating = new CountDownLatch(1);

  /** Opened by the first deletion. */
  final CountDownLatch deleting = new CountDownLatch(1);

  final AtomicInteger creations = new AtomicInteger();
  final AtomicInteger deletions = new AtomicInteger();

  /** How often the state of a task was asked for. */
  final Map<String, AtomicInteger> questions = new ConcurrentHashMap<>();

  /** Tasks whose calls wait, each for its latch. */
  final Map<String, CountDownLatch> frozen = new ConcurrentHashMap<>();

  /** What clean-ups throw; null for nothing. */
  volatile @Nullable Supplier<RuntimeException> cleanupFailure;

  /** Calls wait for this. */
  volatile CountDownLatch open = new CountDownLatch(0);

  @Override
  public int create(Bundle bundle, CreateTask request) {
    creating.countDown();
    creations.incrementAndGet();
    pass();
    created = request;
    tasks.put(bundle.id(), TaskStatus.CREATED);
    return 42;
  }

  @Override
  public String stage(TaskName task) {
    return "halfway";
  }

  @Override
  public int start(TaskName task, String execId) {
    status(task);
    tasks.put(task.id(), TaskStatus.RUNNING);
    return 42;
  }

  @Override
  public Exit delete(TaskName task, String execId) {
    deleting.countDown();
    if (status(task) == TaskStatus.RUNNING) {
      throw new FailedPreconditionException("cannot delete a running process");
    }
    tasks.remove(task.id());
    deletions.incrementAndGet();
    return exit();
  }

  @Override
  public ProcessState state(TaskName task, String execId) {
    TaskStatus status = status(task);
    questions.computeIfAbsent(task.id(), first -> new AtomicInteger()).incrementAndGet();
    return new ProcessState(task.id(), 42, status, "", "", "", false, 0, null);
  }

  @Override
  public void kill(TaskName task, String execId, int signal, boolean all) {
    status(task);
    tasks.put(task.id(), TaskStatus.STOPPED);
  }

  @Override
  public void exec(TaskName task, String execId, ProcessIo io, TypedValue spec) {
    status(task);
  }

  @Override
  public void resize(TaskName task, String execId, int width, int height) {
    status(task);
  }

  @Override
  public void closeStdin(TaskName task, String execId) {
    status(task);
  }

  @Override
  public void pause(TaskName task) {
    status(task);
  }

  @Override
  public void resume(TaskName task) {
    status(task);
  }

  @Override
  public List<ProcessDetails> pids(TaskName task) {
    status(task);
    return List.of(new ProcessDetails(42, ""));
  }

  @Override
  public void checkpoint(TaskName task, String path, @Nullable TypedValue options) {
    status(task);
    Path image = Path.of(path);
    checkpointed = image;
    try {
      Files.createDirectories(image);
      Files.writeString(image.resolve("pages-1.img"), "state of " + task.id());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void update(TaskName task, TypedValue resources, Map<String, String> annotations) {
    status(task);
  }

  @Override
  public TypedValue stats(TaskName task) {
    status(task);
    return new TypedValue("io.containerd.cgroups.v2.Metrics", new byte[0]);
  }

  @Override
  public Exit await(TaskName task, String execId) {
    status(task);
    RuntimeException broken = waitFailures.poll();
    if (broken != null) {
      throw broken;
    }
    return exit();
  }

  @Override
  public Exit cleanup(Bundle bundle) {
    Supplier<RuntimeException> thrown = cleanupFailure;
    if (thrown != null) {
      throw thrown.get();
    }
    cleaned.add(bundle.id());
    tasks.remove(bundle.id());
    return exit();
  }

  private TaskStatus status(TaskName task) {
    pass();
    pass(frozen.getOrDefault(task.id(), new CountDownLatch(0)));
    TaskStatus status = tasks.get(task.id());
    if (status == null) {
      throw new NotFoundException("process of %s does not exist".formatted(task.id()));
    }
    return status;
  }

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("interrupted", e);
    }
  }

  private void pass() {
    pass(open);
    Supplier<RuntimeException> thrown = failure;
    if (thrown != null) {
      throw thrown.get();
    }
  }

  private static Exit exit() {
    return new Exit(42, STATUS, Instant.EPOCH);
  }
}
