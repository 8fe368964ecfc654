// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.version.v1.VersionGrpc;
import containerd.services.version.v1.VersionResponse;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Plugin;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The version service. */
@Component(name = VersionService.PLUGIN, immediate = true)
@Plugin(VersionService.PLUGIN)
public final class VersionService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.version";

  private final Replies replies = new Replies();
  private final DaemonInfo daemon;

  /** Tells of this daemon. */
  @Activate
  public VersionService(@Reference DaemonInfo daemon) {
    this.daemon = daemon;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(VersionGrpc.getServiceDescriptor())
        .addMethod(VersionGrpc.getVersionMethod(), replies.unary(this::version))
        .build();
  }

  private VersionResponse version(CallHeaders headers, Empty request) {
    return VersionResponse.newBuilder()
        .setVersion(daemon.version())
        .setRevision(daemon.revision())
        .build();
  }
}
