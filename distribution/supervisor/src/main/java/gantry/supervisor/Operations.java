// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.CanceledException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Runs what must not stop halfway: a caller who goes away stops waiting, the operation goes on.
 * Each is bounded by the time limits of what it does.
 */
final class Operations {
  private Operations() {}

  static <T> T complete(Callable<T> operation) throws Exception {
    return complete(operation, () -> {});
  }

  /**
   * As {@link #complete(Callable)}.
   *
   * @param abandoned run after an operation whose caller did not wait for its success
   */
  static <T> T complete(Callable<T> operation, Runnable abandoned) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("operation")
        .start(
            () -> {
              try {
                result.complete(operation.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.ofVirtual().start(() -> clean(result, abandoned));
      throw new CanceledException("caller went away", e);
    } catch (ExecutionException e) {
      throw cause(e);
    }
  }

  private static void clean(CompletableFuture<?> result, Runnable abandoned) {
    try {
      result.join();
    } catch (CompletionException e) {
      // failed: there is nothing to clean
      return;
    }
    abandoned.run();
  }

  private static Exception cause(ExecutionException e) {
    return switch (e.getCause()) {
      case Error error -> throw error;
      case Exception cause -> cause;
      case null, default -> new CompletionException(e);
    };
  }
}
