// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.Handle;
import java.time.Duration;

/** A handle whose calls have a deadline of their own. */
final class TimedHandle<T> implements Handle<T> {
  /** Whoever says more means forever. */
  private static final Duration MAX = Duration.ofDays(365);

  private final PluginHandle<T> handle;
  private final long deadline;

  TimedHandle(PluginHandle<T> handle, Duration deadline) {
    if (!deadline.isPositive()) {
      throw new InvalidArgumentException(
          "call plugin %s within %s: want more than zero".formatted(handle.plugin(), deadline));
    }
    this.handle = handle;
    this.deadline = (deadline.compareTo(MAX) > 0 ? MAX : deadline).toNanos();
  }

  @Override
  public String plugin() {
    return handle.plugin();
  }

  @Override
  public <R, E extends Exception> R call(Call<? super T, ? extends R, E> call) throws E {
    return handle.call(call, deadline);
  }

  @Override
  public <E extends Exception> void run(Action<? super T, E> action) throws E {
    handle.run(action, deadline);
  }

  @Override
  public Handle<T> within(Duration other) {
    return handle.within(other);
  }

  @Override
  public Lease<T> lease() {
    return handle.lease();
  }
}
