// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The services the server has, which come and go with their bundles. A service that was never there
 * is UNIMPLEMENTED, in the words of grpc-go; while the daemon starts, calls wait for it first. Safe
 * for concurrent use.
 */
final class ServiceRegistry extends HandlerRegistry {
  private final Map<String, ServiceGate> gates = new ConcurrentHashMap<>();
  private final ServiceGate.Patience patience;
  private final int messageMax;
  private final Absence absence;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final long settled;

  /**
   * Makes an empty registry.
   *
   * @param messageMax bytes a message to a client may have
   * @param absence says why services are not there
   */
  ServiceRegistry(ServiceGate.Patience patience, int messageMax, Absence absence) {
    this.absence = absence;
    this.patience = patience;
    this.messageMax = messageMax;
    this.settled = System.nanoTime() + patience.settling().toNanos();
  }

  void add(Provider provider) {
    gates
        .computeIfAbsent(provider.service(), name -> new ServiceGate(name, patience))
        .add(provider);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void remove(ServerServiceDefinition definition) {
    ServiceGate gate = gates.get(definition.getServiceDescriptor().getName());
    if (gate != null) {
      gate.remove(definition);
    }
  }

  /** Waits for all calls that must not outlive their services; false if some are left. */
  boolean drain(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    boolean drained = true;
    for (ServiceGate gate : gates.values()) {
      drained &= gate.drain(Duration.ofNanos(end - System.nanoTime()));
    }
    return drained;
  }

  /** May wait while the daemon starts: gRPC asks on a thread of the call's own. */
  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(
      String fullMethodName, @Nullable String authority) {
    ServiceGate gate = await(MethodDescriptor.extractFullServiceName(fullMethodName));
    MethodDescriptor<?, ?> method = gate == null ? null : gate.method(fullMethodName);
    return gate == null || method == null ? stranger(fullMethodName) : gated(gate, method);
  }

  private <Q, R> ServerMethodDefinition<Q, R> gated(
      ServiceGate gate, MethodDescriptor<Q, R> method) {
    return ServerMethodDefinition.create(
        method,
        new ServerCallHandler<Q, R>() {
          @Override
          public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
            return start(gate, call, headers);
          }
        });
  }

  private <Q, R> ServerCall.Listener<Q> start(
      ServiceGate gate, ServerCall<Q, R> call, Metadata headers) {
    GuardedCall<Q, R> guarded = new GuardedCall<>(call, messageMax);
    Provider provider = gate.enter(guarded);
    String name = call.getMethodDescriptor().getFullMethodName();
    if (provider == null) {
      return refuse(
          call,
          Status.UNAVAILABLE.withDescription(
              "call %s: plugin %s is not there; it did not come back within %d s%s"
                  .formatted(
                      name,
                      gate.plugin(),
                      patience.arrival().toSeconds(),
                      absence.ofPlugin(gate.plugin()))));
    }
    @SuppressWarnings("unchecked") // same name in the same service: same messages
    ServerMethodDefinition<Q, R> method =
        (ServerMethodDefinition<Q, R>) provider.definition().getMethod(name);
    if (method == null) {
      provider.leave(guarded);
      return refuse(call, Status.UNIMPLEMENTED.withDescription(unknown(name)));
    }
    return guarded.start(provider, method.getServerCallHandler(), headers);
  }

  /** A method that is not there. Its messages are not looked into. */
  private ServerMethodDefinition<byte[], byte[]> stranger(String fullMethodName) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNKNOWN)
            .setFullMethodName(fullMethodName)
            .setRequestMarshaller(new BytesMarshaller())
            .setResponseMarshaller(new BytesMarshaller())
            .build();
    return ServerMethodDefinition.create(
        method,
        new ServerCallHandler<byte[], byte[]>() {
          @Override
          public ServerCall.Listener<byte[]> startCall(
              ServerCall<byte[], byte[]> call, Metadata headers) {
            return refuse(call, Status.UNIMPLEMENTED.withDescription(unknown(fullMethodName)));
          }
        });
  }

  /** Null if the service is not there and will not come. */
  private @Nullable ServiceGate await(@Nullable String service) {
    if (service == null) {
      return null;
    }
    lock.lock();
    try {
      long left = settled - System.nanoTime();
      while (!gates.containsKey(service) && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return gates.get(service);
  }

  private String unknown(String fullMethodName) {
    String service = MethodDescriptor.extractFullServiceName(fullMethodName);
    String method = fullMethodName.substring(fullMethodName.lastIndexOf('/') + 1);
    return service != null && gates.containsKey(service)
        ? "unknown method %s for service %s".formatted(method, service)
        : service == null
            ? "unknown service " + fullMethodName
            : "unknown service %s%s".formatted(service, absence.ofService(service));
  }

  private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
