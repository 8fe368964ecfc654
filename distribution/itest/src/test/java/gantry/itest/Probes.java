// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import com.google.protobuf.Empty;
import containerd.services.containers.v1.ContainersGrpc;
import containerd.services.containers.v1.ListContainersRequest;
import containerd.services.images.v1.GetImageRequest;
import containerd.services.images.v1.ImagesGrpc;
import containerd.services.introspection.v1.IntrospectionGrpc;
import containerd.services.leases.v1.CreateRequest;
import containerd.services.leases.v1.LeasesGrpc;
import containerd.services.namespaces.v1.ListNamespacesRequest;
import containerd.services.namespaces.v1.NamespacesGrpc;
import containerd.services.snapshots.v1.SnapshotsGrpc;
import containerd.services.snapshots.v1.StatSnapshotRequest;
import containerd.services.snapshots.v1.UsageRequest;
import containerd.services.tasks.v1.ListTasksRequest;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.services.version.v1.VersionGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Cheap calls at a steady pace, each measured: how long a client waits at worst. */
final class Probes implements AutoCloseable {
  private static final Duration PACE = Duration.ofMillis(25);

  /**
   * A call that was made.
   *
   * @param during what was being done to the daemon
   */
  record Call(String name, String during, long nanos) {
    long millis() {
      return nanos / 1_000_000;
    }

    @Override
    public String toString() {
      return "%s %d ms%s".formatted(name, millis(), during.isEmpty() ? "" : " during " + during);
    }
  }

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger serial = new AtomicInteger();
  private volatile String during = "";

  Probes(Channels channels, String snapshot) {
    var version = VersionGrpc.newBlockingStub(channels.bare());
    var introspection = IntrospectionGrpc.newBlockingStub(channels.bare());
    var images = Channels.in("default", ImagesGrpc.newBlockingStub(channels.bare()));
    var containers = Channels.in("default", ContainersGrpc.newBlockingStub(channels.bare()));
    var tasks = Channels.in("default", TasksGrpc.newBlockingStub(channels.bare()));
    var snapshots = Channels.in("default", SnapshotsGrpc.newBlockingStub(channels.bare()));
    var leases = Channels.in("default", LeasesGrpc.newBlockingStub(channels.bare()));
    var namespaces = NamespacesGrpc.newBlockingStub(channels.bare());
    repeat("version", () -> version.version(Empty.getDefaultInstance()));
    repeat("server", () -> introspection.server(Empty.getDefaultInstance()));
    repeat("image", () -> images.get(GetImageRequest.newBuilder().setName(CtrLoad.IMAGE).build()));
    repeat("containers", () -> containers.list(ListContainersRequest.getDefaultInstance()));
    repeat("tasks", () -> tasks.list(ListTasksRequest.getDefaultInstance()));
    repeat(
        "snapshot",
        () ->
            snapshots.stat(
                StatSnapshotRequest.newBuilder()
                    .setSnapshotter("overlayfs")
                    .setKey(snapshot)
                    .build()));
    repeat(
        "usage",
        () ->
            snapshots.usage(
                UsageRequest.newBuilder().setSnapshotter("overlayfs").setKey(snapshot).build()));
    repeat("namespaces", () -> namespaces.list(ListNamespacesRequest.getDefaultInstance()));
    repeat(
        "lease",
        () ->
            leases.create(
                CreateRequest.newBuilder()
                    .setId("probe-" + serial.incrementAndGet())
                    .putLabels("containerd.io/gc.expire", "2001-01-01T00:00:00Z")
                    .build()));
  }

  private void repeat(String name, Runnable call) {
    threads.add(
        Thread.ofPlatform()
            .name("probe-" + name)
            .start(
                () -> {
                  while (!isStopped()) {
                    measure(name, call);
                  }
                }));
  }

  /** After the time that lies between two calls. */
  private boolean isStopped() {
    try {
      return stopped.await(PACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void measure(String name, Runnable call) {
    String before = during;
    long begin = System.nanoTime();
    try {
      call.run();
      calls.add(new Call(name, during.isEmpty() ? before : during, System.nanoTime() - begin));
    } catch (RuntimeException e) {
      failures.add("%s during %s: %s".formatted(name, during, e));
    }
  }

  /** Says what is being done to the daemon from now on. */
  void during(String what) {
    during = what;
  }

  /** The calls since the last time, shortest first. */
  List<Call> take() {
    List<Call> taken = new ArrayList<>();
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      taken.add(call);
    }
    taken.sort(Comparator.comparingLong(Call::nanos));
    return taken;
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  static String summary(List<Call> sorted) {
    if (sorted.isEmpty()) {
      return "no calls";
    }
    return "%d calls, median %.1f ms, 99%% %.1f ms, 99.9%% %.1f ms, worst: %s"
        .formatted(
            sorted.size(),
            sorted.get(sorted.size() / 2).nanos() / 1e6,
            sorted.get((int) (sorted.size() * 0.99)).nanos() / 1e6,
            sorted.get((int) (sorted.size() * 0.999)).nanos() / 1e6,
            sorted.subList(Math.max(0, sorted.size() - 5), sorted.size()).reversed());
  }

  /** Waits until the calls at work have ended. */
  void stop() throws InterruptedException {
    stopped.countDown();
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofSeconds(30))) {
        failures.add(thread.getName() + " did not end within 30 s");
      }
    }
  }

  @Override
  public void close() {
    stopped.countDown();
  }
}
