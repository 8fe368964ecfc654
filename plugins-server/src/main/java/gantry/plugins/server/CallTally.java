// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.metrics.CallCounters;
import gantry.metrics.Histogram;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls, by method. Methods that no service has are not counted: a client could invent any
 * number of them. Safe for concurrent use.
 */
final class CallTally extends ServerStreamTracer.Factory {
  // where the numbers of a method are
  private static final int STARTED = 0;
  private static final int RECEIVED = 1;
  private static final int SENT = 2;
  private static final int TOOK = 3;
  private static final int ENDED = TOOK + Histogram.SIZE;
  private static final int SIZE = ENDED + Status.Code.values().length;

  /** By {@code <kind> <service>/<method>}; of classes that the next version knows too. */
  private final ConcurrentMap<String, AtomicLongArray> counts;

  CallTally(ConcurrentMap<String, AtomicLongArray> counts) {
    this.counts = counts;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new Call();
  }

  /** All methods that were called, by name. */
  List<CallCounters.CallCount> counts() {
    List<CallCounters.CallCount> all = new ArrayList<>();
    counts.forEach((key, numbers) -> all.add(count(key, numbers)));
    all.sort(
        Comparator.comparing(CallCounters.CallCount::service)
            .thenComparing(CallCounters.CallCount::method));
    return all;
  }

  private static CallCounters.CallCount count(String key, AtomicLongArray numbers) {
    int blank = key.indexOf(' ');
    int slash = key.lastIndexOf('/');
    Map<String, Long> ended = new HashMap<>();
    for (Status.Code code : Status.Code.values()) {
      long times = numbers.get(ENDED + code.value());
      if (times > 0) {
        ended.put(name(code), times);
      }
    }
    return new CallCounters.CallCount(
        key.substring(0, blank),
        key.substring(blank + 1, slash),
        key.substring(slash + 1),
        numbers.get(STARTED),
        numbers.get(RECEIVED),
        numbers.get(SENT),
        ended,
        new Histogram(numbers, TOOK));
  }

  /** {@code NOT_FOUND} as {@code NotFound}. */
  static String name(Status.Code code) {
    if (code == Status.Code.OK) {
      return "OK";
    }
    if (code == Status.Code.CANCELLED) {
      return "Canceled";
    }
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_", -1)) {
      name.append(word.charAt(0));
      for (int i = 1; i < word.length(); i++) {
        name.append(Character.toLowerCase(word.charAt(i)));
      }
    }
    return name.toString();
  }

  private static @Nullable String kind(MethodType type) {
    return switch (type) {
      case UNARY -> "unary";
      case CLIENT_STREAMING -> "client_stream";
      case SERVER_STREAMING -> "server_stream";
      case BIDI_STREAMING -> "bidi_stream";
      case UNKNOWN -> null;
    };
  }

  /** One call; told of from the threads that carry it, in turn. */
  private final class Call extends ServerStreamTracer {
    private final long begun = System.nanoTime();
    private volatile @Nullable AtomicLongArray numbers;

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> info) {
      MethodDescriptor<?, ?> method = info.getMethodDescriptor();
      String kind = kind(method.getType());
      if (kind != null) {
        AtomicLongArray known =
            counts.computeIfAbsent(
                kind + " " + method.getFullMethodName(), _ -> new AtomicLongArray(SIZE));
        known.incrementAndGet(STARTED);
        numbers = known;
      }
    }

    @Override
    public void inboundMessage(int sequence) {
      add(RECEIVED);
    }

    @Override
    public void outboundMessage(int sequence) {
      add(SENT);
    }

    @Override
    public void streamClosed(Status status) {
      AtomicLongArray known = numbers;
      if (known != null) {
        known.incrementAndGet(ENDED + status.getCode().value());
        new Histogram(known, TOOK).add(Duration.ofNanos(System.nanoTime() - begun));
      }
    }

    private void add(int which) {
      AtomicLongArray known = numbers;
      if (known != null) {
        known.incrementAndGet(which);
      }
    }
  }
}
