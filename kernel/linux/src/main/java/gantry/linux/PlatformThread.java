// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs what takes long without ever letting go of the processor: walks of large trees, waits for
 * the disk inside native calls. On a virtual thread that would hold up all others of its carrier,
 * and there is one carrier for each processor.
 */
public final class PlatformThread {
  private PlatformThread() {}

  /** What is done. */
  @FunctionalInterface
  public interface Work<R> {
    /** Does it. */
    R run() throws IOException;
  }

  /** What is done, without a result. */
  @FunctionalInterface
  public interface Action {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Does it on a platform thread, this one if it is one, and returns when it is done. An interrupt
   * does not end it, for half of it would be left behind; it is kept for the caller.
   *
   * @param name of the thread
   */
  public static <R> R call(String name, Work<R> work) throws IOException {
    if (!Thread.currentThread().isVirtual()) {
      return work.run();
    }
    FutureTask<R> task = new FutureTask<>(work::run);
    Thread.ofPlatform().name(name).daemon().start(task);
    return await(task);
  }

  /** As {@link #call}, for work without a result. */
  public static void run(String name, Action action) throws IOException {
    call(
        name,
        () -> {
          action.run();
          return true;
        });
  }

  private static <R> R await(FutureTask<R> task) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          Throwable cause = e.getCause();
          throw rethrow(cause == null ? e : cause);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException rethrow(Throwable cause) {
    return switch (cause) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> new IOException(cause);
    };
  }
}
