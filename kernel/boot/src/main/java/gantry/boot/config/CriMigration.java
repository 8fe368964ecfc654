// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Version 2 to 3: the one table of the Kubernetes runtime interface becomes three, for images, for
 * the runtime and for the server of streams.
 */
final class CriMigration {
  private static final String CRI = "io.containerd.grpc.v1.cri";
  private static final String IMAGES = "io.containerd.cri.v1.images";
  private static final String RUNTIME = "io.containerd.cri.v1.runtime";

  private static final Set<String> STREAMING =
      Set.of(
          "disable_tcp_service",
          "stream_server_address",
          "stream_server_port",
          "stream_idle_timeout",
          "enable_tls_streaming",
          "x509_key_pair_streaming");

  private static final Set<String> OF_IMAGES =
      Set.of(
          "registry",
          "image_decryption",
          "max_concurrent_downloads",
          "image_pull_progress_timeout",
          "image_pull_with_sync_fs",
          "stats_collect_period");

  private static final Set<String> OF_IMAGES_IN_CONTAINERD =
      Set.of("snapshotter", "disable_snapshot_annotations", "discard_unpacked_layers");

  private CriMigration() {}

  /** Changes the tables of plugins. */
  static void apply(Map<String, Object> plugins) {
    if (!(plugins.get(CRI) instanceof Map<?, ?> old)) {
      return;
    }
    Map<String, Object> cri = Trees.copy(old);
    plugins.put(IMAGES, images(cri, Trees.table(plugins, IMAGES)));
    plugins.put(RUNTIME, runtime(cri, Trees.table(plugins, RUNTIME)));
    plugins.put(CRI, only(cri, STREAMING));
  }

  private static Map<String, Object> images(Map<String, Object> cri, Map<String, Object> images) {
    Object sandbox = cri.get("sandbox_image");
    if (sandbox != null) {
      Map<String, Object> pinned = Trees.table(images, "pinned_images");
      pinned.put("sandbox", sandbox);
      images.put("pinned_images", pinned);
    }
    images.putAll(only(cri, OF_IMAGES));
    images.putAll(only(Trees.table(cri, "containerd"), OF_IMAGES_IN_CONTAINERD));
    return images;
  }

  private static Map<String, Object> runtime(Map<String, Object> cri, Map<String, Object> runtime) {
    Set<String> elsewhere = new HashSet<>(STREAMING);
    elsewhere.addAll(OF_IMAGES);
    elsewhere.addAll(Set.of("sandbox_image", "cni", "containerd"));
    without(cri, elsewhere).forEach(runtime::putIfAbsent);
    if (cri.containsKey("cni")) {
      runtime.put("cni", networks(Trees.table(cri, "cni"), Trees.table(runtime, "cni")));
    }
    if (cri.containsKey("containerd")) {
      Map<String, Object> containerd = Trees.table(runtime, "containerd");
      without(Trees.table(cri, "containerd"), OF_IMAGES_IN_CONTAINERD)
          .forEach(containerd::putIfAbsent);
      renameSandboxMode(containerd);
      runtime.put("containerd", containerd);
    }
    return runtime;
  }

  private static Map<String, Object> networks(Map<String, Object> old, Map<String, Object> now) {
    Object directory = old.remove("bin_dir");
    if (directory != null) {
      now.putIfAbsent("bin_dirs", new ArrayList<>(List.of(directory)));
    }
    old.forEach(now::putIfAbsent);
    return now;
  }

  private static void renameSandboxMode(Map<String, Object> containerd) {
    if (!containerd.containsKey("runtimes")) {
      return;
    }
    Map<String, Object> runtimes = Trees.table(containerd, "runtimes");
    for (String name : List.copyOf(runtimes.keySet())) {
      Map<String, Object> runtime = Trees.table(runtimes, name);
      Object mode = runtime.remove("sandbox_mode");
      if (mode != null) {
        runtime.putIfAbsent("sandboxer", mode);
        runtimes.put(name, runtime);
      }
    }
    containerd.put("runtimes", runtimes);
  }

  private static Map<String, Object> only(Map<String, Object> table, Set<String> keys) {
    Map<String, Object> result = new LinkedHashMap<>(table);
    result.keySet().retainAll(keys);
    return result;
  }

  private static Map<String, Object> without(Map<String, Object> table, Set<String> keys) {
    Map<String, Object> result = new LinkedHashMap<>(table);
    result.keySet().removeAll(keys);
    return result;
  }
}
