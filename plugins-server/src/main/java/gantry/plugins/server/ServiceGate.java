// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.errors.CanceledException;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one gRPC service while the bundles that provide it come and go. New calls go to the
 * newest provider and wait while there is none; calls in one that leaves may end in it, within
 * bounds. Safe for concurrent use.
 */
final class ServiceGate {
  private static final Logger log = LoggerFactory.getLogger(ServiceGate.class);

  private final String service;
  private final Patience patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private final List<Provider> providers = new ArrayList<>();
  private final Map<String, MethodDescriptor<?, ?>> methods = new ConcurrentHashMap<>();
  private String plugin = "";

  /**
   * How long things may take.
   *
   * @param settling how long after the start a call waits for a service that was never there
   * @param arrival how long a call waits for a provider
   * @param drain how long a leaving provider's calls may go on by themselves
   * @param cancel how long they may take to end once they were told to
   */
  record Patience(Duration settling, Duration arrival, Duration drain, Duration cancel) {}

  ServiceGate(String service, Patience patience) {
    this.service = service;
    this.patience = patience;
  }

  void add(Provider provider) {
    lock.lock();
    try {
      plugin = provider.plugin();
      providers.add(provider);
      for (ServerMethodDefinition<?, ?> method : provider.definition().getMethods()) {
        methods.put(method.getMethodDescriptor().getFullMethodName(), method.getMethodDescriptor());
      }
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns when no call that must end is left in the provider, or patience ended. */
  void remove(ServerServiceDefinition definition) {
    Provider leaving = take(definition);
    if (leaving == null) {
      return;
    }
    leaving.retire();
    List<GuardedCall<?, ?>> stuck = leaving.drain(patience.drain());
    if (stuck.isEmpty()) {
      return;
    }
    Status status =
        Status.UNAVAILABLE.withDescription(
            "%s: plugin %s is being replaced, call again".formatted(service, leaving.plugin()));
    stuck.forEach(call -> Thread.ofVirtual().name("end-call").start(() -> call.end(status)));
    int left = leaving.drain(patience.cancel()).size();
    if (left > 0) {
      log.warn("{} goes while {} calls of {} are in it", leaving.plugin(), left, service);
    }
  }

  /** Waits for the calls in all providers that must not outlive them; false if some are left. */
  boolean drain(Duration time) {
    List<Provider> present;
    lock.lock();
    try {
      present = List.copyOf(providers);
    } finally {
      lock.unlock();
    }
    long end = System.nanoTime() + time.toNanos();
    boolean drained = true;
    for (Provider provider : present) {
      drained &= provider.drain(Duration.ofNanos(end - System.nanoTime())).isEmpty();
    }
    return drained;
  }

  private @Nullable Provider take(ServerServiceDefinition definition) {
    lock.lock();
    try {
      for (Provider provider : providers) {
        if (provider.definition() == definition) {
          providers.remove(provider);
          return provider;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** The method as the newest provider, or the last one there was, declares it. */
  @Nullable MethodDescriptor<?, ?> method(String fullName) {
    return methods.get(fullName);
  }

  /** The plugin that provides the service, or did last. */
  String plugin() {
    lock.lock();
    try {
      return plugin;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a call into the newest provider; waits for one; null if none came. */
  @Nullable Provider enter(GuardedCall<?, ?> call) {
    lock.lock();
    try {
      long left = patience.arrival().toNanos();
      while (true) {
        if (!providers.isEmpty() && providers.getLast().enter(call)) {
          return providers.getLast();
        }
        if (left <= 0) {
          return null;
        }
        left = arrival.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("call %s: interrupted".formatted(service), e);
    } finally {
      lock.unlock();
    }
  }
}
