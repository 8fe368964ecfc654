// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain;

import static gantry.plugins.explain.Sample.plugin;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A daemon with as many plugins as a real one, and trouble with some of them. */
public final class House {
  private static final String METADATA = "gantry.metadata.Metadata";
  private static final String BOLT = "io.containerd.metadata.v1.bolt";
  private static final String CONTENT = "io.containerd.content.v1.content";
  private static final String OVERLAY = "io.containerd.snapshotter.v1.overlayfs";
  private static final String NATIVE = "io.containerd.snapshotter.v1.native";
  private static final String SNAPSHOTTER = "gantry.snapshots.Snapshotter";
  private static final String STREAMS = "io.containerd.streaming.v1.manager";
  private static final String DIFFER = "io.containerd.differ.v1.walking";
  private static final String GC = "io.containerd.gc.v1.scheduler";
  private static final String TASKS = "io.containerd.runtime.v2.task";
  private static final String RUNC = "io.containerd.shim.v1.manager";
  private static final String LOCAL = "io.containerd.transfer.v1.local";

  private House() {}

  /** By URI. */
  public static List<PluginDetail> plugins() {
    List<Sample> plugins = new ArrayList<>(floor());
    for (String id : List.of("containers", "namespaces", "snapshots", "content")) {
      plugins.add(service(id).has(METADATA, BOLT));
    }
    for (String id : List.of("images", "leases")) {
      plugins.add(service(id).has(METADATA, BOLT).has("gantry.gc.GarbageCollector", GC));
    }
    for (String id : List.of("events", "introspection", "version", "healthcheck")) {
      plugins.add(service(id));
    }
    plugins.add(service("diff").uses("gantry.diff.Differ", DIFFER));
    plugins.add(service("streaming").has("gantry.streaming.Streams", STREAMS));
    plugins.add(
        service("transfer")
            .has("gantry.transfer.Transfers", LOCAL)
            .has("gantry.streaming.Streams", STREAMS));
    plugins.add(service("tasks").has("gantry.runtime.TaskManager", TASKS));
    Stream<String> services =
        Stream.of(
            "containers",
            "namespaces",
            "snapshots",
            "content",
            "images",
            "leases",
            "events",
            "introspection",
            "version",
            "healthcheck",
            "diff",
            "streaming",
            "transfer",
            "tasks");
    plugins.add(
        plugin("io.containerd.server.v1.grpc")
            .uses(
                "io.grpc.BindableService",
                services.map(id -> "io.containerd.grpc.v1." + id).toArray(String[]::new)));
    return plugins.stream().map(Sample::detail).toList();
  }

  /** The house, and some plugins that do not serve. */
  public static List<PluginDetail> troubled() {
    List<PluginDetail> plugins = new ArrayList<>(plugins());
    plugins.add(
        plugin("io.containerd.snapshotter.v1.zfs")
            .offers(SNAPSHOTTER)
            .is(State.SKIP, "the kernel has no module zfs: install zfs-dkms")
            .detail());
    plugins.add(
        plugin("io.containerd.snapshotter.v1.cloud")
            .offers(SNAPSHOTTER)
            .has(METADATA, BOLT)
            .lacks("gantry.cloud.Buckets")
            .detail());
    plugins.add(
        plugin("io.containerd.grpc.v1.sandboxes")
            .offers("io.grpc.BindableService")
            .has(METADATA, BOLT)
            .lacks("gantry.sandbox.Sandboxes", "io.containerd.sandbox.v1.pods")
            .detail());
    plugins.add(
        plugin("io.containerd.sandbox.v1.pods")
            .offers("gantry.sandbox.Sandboxes")
            .has(METADATA, BOLT)
            .failed("cannot open pods.db: disk I/O error", "")
            .detail());
    return plugins;
  }

  private static Sample service(String id) {
    return plugin("io.containerd.grpc.v1." + id).offers("io.grpc.BindableService");
  }

  private static List<Sample> floor() {
    return List.of(
        plugin(CONTENT).offers("gantry.content.ContentStore"),
        plugin(OVERLAY).offers(SNAPSHOTTER),
        plugin(NATIVE).offers(SNAPSHOTTER),
        plugin(BOLT)
            .offers(METADATA)
            .has("gantry.content.ContentStore", CONTENT)
            .uses(SNAPSHOTTER, NATIVE, OVERLAY),
        plugin(GC).offers("gantry.gc.GarbageCollector").has(METADATA, BOLT),
        plugin(DIFFER).offers("gantry.diff.Differ").has(METADATA, BOLT),
        plugin(STREAMS).offers("gantry.streaming.Streams").has(METADATA, BOLT),
        plugin(RUNC).offers("gantry.runtime.ContainerRuntime"),
        plugin("io.containerd.image-verifier.v1.bindir").offers("gantry.transfer.ImageVerifier"),
        plugin(TASKS)
            .offers("gantry.runtime.TaskManager")
            .has(METADATA, BOLT)
            .uses("gantry.runtime.ContainerRuntime", RUNC),
        plugin(LOCAL)
            .offers("gantry.transfer.Transfers")
            .has(METADATA, BOLT)
            .uses("gantry.diff.Differ", DIFFER)
            .uses("gantry.transfer.ImageVerifier", "io.containerd.image-verifier.v1.bindir"),
        plugin("io.containerd.internal.v1.cni").offers("gantry.network.Networks"),
        plugin("io.containerd.internal.v1.shell"),
        plugin("io.containerd.server.v1.ttrpc"));
  }
}
