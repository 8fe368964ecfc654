// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of the two that are compared: its daemon, a client and an image to run. */
final class Side implements AutoCloseable {
  static final String SNAPSHOTTER = "overlayfs";
  static final String IMAGE = "docker.io/library/busybox:latest";

  private final Product product;
  private final Daemon daemon;
  private final Path ctr;
  private final GantryClient client;
  private String base = "";

  /**
   * @param ctr containerd's client, the same for both sides
   */
  Side(Product product, Daemon daemon, Path ctr) {
    this.product = product;
    this.daemon = daemon;
    this.ctr = ctr;
    this.client = daemon.connect();
  }

  boolean isPeer() {
    return product.isPeer();
  }

  String name() {
    return product.name();
  }

  Daemon daemon() {
    return daemon;
  }

  /** A connection that is shared. */
  GantryClient client() {
    return client;
  }

  /** What can be done with containers, through the shared connection. */
  Workload workload() {
    return workload(client);
  }

  /** What can be done with containers, through another connection. */
  Workload workload(GantryClient connection) {
    return new Workload(connection, base, daemon::groupOf);
  }

  /** Runs containerd's client; its processor time counts as the daemon's. */
  String ctr(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(ctr.toString(), "-a", daemon.socket().toString(), "-n", Daemon.NAMESPACE));
    command.addAll(List.of(arguments));
    return Programs.run(daemon.entering(command));
  }

  /** Loads an image's archive, so that containers can be made. */
  void load(Path archive) throws IOException, InterruptedException {
    String _ =
        ctr("images", "import", "--base-name", "docker.io/library/busybox", archive.toString());
    List<SnapshotInfo> layers = new ArrayList<>();
    client.snapshots(SNAPSHOTTER).walk(List.of(), layers::add);
    base =
        layers.stream()
            .filter(layer -> layer.kind() == SnapshotKind.COMMITTED)
            .map(SnapshotInfo::name)
            .findFirst()
            .orElseThrow(() -> new IOException(name() + " has not unpacked " + archive));
  }

  @Override
  public void close() {
    client.close();
    daemon.close();
  }
}
