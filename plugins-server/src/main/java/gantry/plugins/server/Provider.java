// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.errors.CanceledException;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One version of a gRPC service and the calls in it that must end with it. Safe for concurrent use.
 */
final class Provider {
  private final ServerServiceDefinition definition;
  private final String plugin;
  private final Set<String> outliving;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private final Set<GuardedCall<?, ?>> calls = new HashSet<>();
  private boolean retired;

  /**
   * A version without calls.
   *
   * @param outliving names of methods whose calls need not end when this version leaves
   */
  Provider(ServerServiceDefinition definition, String plugin, Set<String> outliving) {
    this.definition = definition;
    this.plugin = plugin;
    this.outliving = outliving;
  }

  String service() {
    return definition.getServiceDescriptor().getName();
  }

  ServerServiceDefinition definition() {
    return definition;
  }

  String plugin() {
    return plugin;
  }

  /** Begins a call; false if this version takes no more. */
  boolean enter(GuardedCall<?, ?> call) {
    lock.lock();
    try {
      return !retired && (outlives(call) || calls.add(call));
    } finally {
      lock.unlock();
    }
  }

  private boolean outlives(GuardedCall<?, ?> call) {
    return outliving.contains(String.valueOf(call.getMethodDescriptor().getBareMethodName()));
  }

  /** Ends a call. Idempotent. */
  void leave(GuardedCall<?, ?> call) {
    lock.lock();
    try {
      calls.remove(call);
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more calls. */
  void retire() {
    lock.lock();
    try {
      retired = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no call is left; returns those that were left when time ran out. */
  List<GuardedCall<?, ?>> drain(Duration time) {
    lock.lock();
    try {
      long nanos = time.toNanos();
      while (!calls.isEmpty() && nanos > 0) {
        nanos = left.awaitNanos(nanos);
      }
      return List.copyOf(calls);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("drain calls of %s: interrupted".formatted(plugin), e);
    } finally {
      lock.unlock();
    }
  }
}
