// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * What people do with containers, call by call as containerd's own client does it.
 *
 * @param base the snapshot that is the image
 * @param group where the group of the container with an id is
 */
record Workload(GantryClient client, String base, UnaryOperator<String> group) {
  private static final String RUNTIME = "io.containerd.runc.v2";
  private static final ProcessIo SILENT = new ProcessIo("", "", "", false);
  private static final int KILL = 9;
  private static final int EXIT_SECONDS = 90;

  /** What nobody refers to may be collected at any moment. */
  private static final Labels KEPT =
      Labels.of(Map.of("containerd.io/gc.root", "2026-01-01T00:00:00Z"));

  /** Makes a container, runs it to its end and removes it. */
  void runToExit(String id) throws Exception {
    List<Mount> mounts = record(id, "true");
    int _ = client.tasks().create(new CreateTask(id, mounts, SILENT, null, null, ""));
    CompletableFuture<Exit> end = await(id, "");
    int _ = client.tasks().start(id, "");
    succeeded(id, end.get(EXIT_SECONDS, TimeUnit.SECONDS));
    Exit _ = client.tasks().delete(id, "");
    forget(id);
  }

  /** Makes a container and lets it run. */
  void launch(String id) {
    List<Mount> mounts = record(id, "sleep", "1000000");
    int _ = client.tasks().create(new CreateTask(id, mounts, SILENT, null, null, ""));
    int _ = client.tasks().start(id, "");
  }

  /** Ends a container's task. */
  void stop(String id) throws Exception {
    CompletableFuture<Exit> end = await(id, "");
    client.tasks().kill(id, "", KILL, false);
    Exit _ = end.get(EXIT_SECONDS, TimeUnit.SECONDS);
    Exit _ = client.tasks().delete(id, "");
  }

  /** Runs one more process in a container to its end. */
  void exec(String id, String execId) throws Exception {
    client.tasks().exec(id, execId, SILENT, new TypedValue(TypedValue.PROCESS, Spec.process()));
    CompletableFuture<Exit> end = await(id, execId);
    int _ = client.tasks().start(id, execId);
    succeeded(execId, end.get(EXIT_SECONDS, TimeUnit.SECONDS));
    Exit _ = client.tasks().delete(id, execId);
  }

  /** Makes a snapshot and the record of a container. */
  List<Mount> record(String id, String... arguments) {
    List<Mount> mounts = client.snapshots(Side.SNAPSHOTTER).prepare(id, base, KEPT);
    Container _ =
        client
            .containers()
            .create(
                container(
                    id,
                    Side.SNAPSHOTTER,
                    new TypedValue(TypedValue.SPEC, Spec.container(group.apply(id), arguments))));
    return mounts;
  }

  /** Removes the record of a container and its snapshot. */
  void forget(String id) {
    client.containers().delete(id);
    client.snapshots(Side.SNAPSHOTTER).remove(id);
  }

  /** Makes a small record of a container, with no snapshot. */
  void note(String id) {
    Container _ =
        client
            .containers()
            .create(container(id, "", new TypedValue(TypedValue.SPEC, Spec.small())));
  }

  private static Container container(String id, String snapshotter, TypedValue spec) {
    return new Container(
        id,
        Labels.of(Map.of("bench", "yes")),
        Side.IMAGE,
        RUNTIME,
        null,
        spec,
        snapshotter,
        snapshotter.isEmpty() ? "" : id,
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of(),
        "");
  }

  private CompletableFuture<Exit> await(String id, String execId) {
    CompletableFuture<Exit> end = new CompletableFuture<>();
    Thread _ =
        Thread.startVirtualThread(
            () -> {
              try {
                end.complete(client.tasks().await(id, execId));
              } catch (RuntimeException e) {
                end.completeExceptionally(e);
              }
            });
    return end;
  }

  private static void succeeded(String id, Exit exit) {
    if (exit.status() != 0) {
      throw new IllegalStateException("run %s: exit code %d".formatted(id, exit.status()));
    }
  }
}
