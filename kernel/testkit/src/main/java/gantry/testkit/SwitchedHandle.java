// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import gantry.plugins.Handle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A handle whose provider a test replaces, as when a plugin is updated while the daemon runs. Safe
 * for concurrent use.
 */
public final class SwitchedHandle<T> implements Handle<T> {
  private final List<FixedHandle<T>> versions = new CopyOnWriteArrayList<>();

  /** A handle on the first version. */
  public SwitchedHandle(T provider) {
    switchTo(provider);
  }

  /** Sends new calls and leases to the next version. */
  public void switchTo(T provider) {
    versions.add(FixedHandle.of(provider));
  }

  @Override
  public Handle<T> within(Duration deadline) {
    return this;
  }

  @Override
  public String plugin() {
    return versions.getLast().plugin();
  }

  @Override
  public <R, E extends Exception> R call(Call<? super T, ? extends R, E> call) throws E {
    return versions.getLast().call(call);
  }

  @Override
  public <E extends Exception> void run(Action<? super T, E> action) throws E {
    versions.getLast().run(action);
  }

  @Override
  public Lease<T> lease() {
    return versions.getLast().lease();
  }

  /** How many leases of all versions are not closed. */
  public int openLeases() {
    return versions.stream().mapToInt(FixedHandle::openLeases).sum();
  }
}
