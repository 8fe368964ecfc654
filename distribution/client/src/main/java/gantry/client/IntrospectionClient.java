// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import com.google.protobuf.Empty;
import containerd.services.introspection.v1.IntrospectionGrpc;
import containerd.services.introspection.v1.PluginsRequest;
import containerd.services.introspection.v1.ServerResponse;
import containerd.services.version.v1.VersionGrpc;
import containerd.services.version.v1.VersionResponse;
import java.util.List;

/** Versions, the plugin inventory and the daemon itself. Needs no namespace. */
public final class IntrospectionClient {
  private final Wire wire;

  IntrospectionClient(Wire wire) {
    this.wire = wire;
  }

  /** Version and revision of the daemon, free text. */
  public record DaemonVersion(String version, String revision) {}

  /**
   * The running daemon.
   *
   * @param uuid of its root directory
   * @param pid in its own pid namespace; 0 if it does not say
   * @param pidNamespace inode of that namespace; 0 if it does not say
   */
  public record DaemonIdentity(String uuid, long pid, long pidNamespace) {}

  /** The daemon's version. */
  public DaemonVersion version() {
    VersionResponse answer = wire.call(VersionGrpc.getVersionMethod(), Empty.getDefaultInstance());
    return new DaemonVersion(answer.getVersion(), answer.getRevision());
  }

  /** Which daemon it is. */
  public DaemonIdentity identity() {
    ServerResponse answer =
        wire.call(IntrospectionGrpc.getServerMethod(), Empty.getDefaultInstance());
    return new DaemonIdentity(answer.getUuid(), answer.getPid(), answer.getPidns());
  }

  /**
   * The plugins that match any filter, in the daemon's order; all if there is no filter.
   *
   * @throws gantry.errors.InvalidArgumentException if a filter cannot be read
   */
  public List<PluginEntry> plugins(List<String> filters) {
    PluginsRequest request = PluginsRequest.newBuilder().addAllFilters(filters).build();
    return wire.call(IntrospectionGrpc.getPluginsMethod(), request).getPluginsList().stream()
        .map(PluginEntry::decode)
        .toList();
  }
}
