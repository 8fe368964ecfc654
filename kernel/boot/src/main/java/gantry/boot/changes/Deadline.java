// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the code of others in a thread of its own, which is interrupted when its time is over. Who
 * does not listen to that keeps its thread; nobody waits for it any more. The thread is one of the
 * operating system: others' code may block it in ways that would hold up virtual ones.
 */
final class Deadline {
  /** How long after an interrupt a thread may take to come back. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private Deadline() {}

  /** Time is over. */
  static final class Late extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<StackTraceElement> stack;
    private final boolean ended;

    Late(List<StackTraceElement> stack, boolean ended) {
      super("time is over");
      this.stack = stack;
      this.ended = ended;
    }

    /** Where the work was when its time was over, innermost first. */
    List<StackTraceElement> stack() {
      return stack;
    }

    /** Whether it came back once it was interrupted. */
    boolean ended() {
      return ended;
    }
  }

  /**
   * Waits for what the work returns.
   *
   * @throws ExecutionException what it threw, as the cause
   */
  static <R> R call(String name, Duration limit, Callable<R> work)
      throws Late, ExecutionException, InterruptedException {
    CompletableFuture<R> result = new CompletableFuture<>();
    Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> complete(result, work));
    try {
      return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      List<StackTraceElement> stack = List.of(thread.getStackTrace());
      thread.interrupt();
      throw new Late(stack, thread.join(GRACE));
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    }
  }

  private static <R> void complete(CompletableFuture<R> result, Callable<R> work) {
    try {
      result.complete(work.call());
    } catch (Throwable e) {
      // Also errors: what others' code throws must reach whoever waits.
      result.completeExceptionally(e);
    }
  }

  /** What others' code threw, in words: the innermost cause's message, or its class. */
  static String words(Throwable thrown) {
    Throwable innermost = thrown;
    for (int i = 0; innermost.getCause() != null && i < 32; i++) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    return message == null || message.isBlank() ? innermost.getClass().getName() : message;
  }
}
