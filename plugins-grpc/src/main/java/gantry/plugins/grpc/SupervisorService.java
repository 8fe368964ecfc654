// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.runtime.SupervisorControl;
import gantry.runtime.SupervisorStatus;
import gantry.wire.SupervisorWire;
import io.gantry.admin.v1.SupervisorGrpc;
import io.gantry.admin.v1.SupervisorStatusRequest;
import io.gantry.admin.v1.SupervisorStatusResponse;
import io.gantry.admin.v1.UpgradeSupervisorRequest;
import io.gantry.admin.v1.UpgradeSupervisorResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The supervisor service: how the process is that holds the containers, and its upgrade. */
@Component(name = SupervisorService.PLUGIN, immediate = true)
@Plugin(value = SupervisorService.PLUGIN, plugin_requires = "io.containerd.shim.v1")
public final class SupervisorService implements BindableService {
  static final String PLUGIN = "io.gantry.grpc.v1.supervisor";

  /** An upgrade waits for what goes on, and then for the new version. */
  private static final Duration WHOLE = Duration.ofMinutes(5);

  private final Replies replies = new Replies();
  private final Handle<SupervisorControl> supervisor;

  /** Serves the runtime plugin. */
  @Activate
  public SupervisorService(
      @Reference(target = "(contract=gantry.runtime.SupervisorControl)")
          Handle<SupervisorControl> supervisor) {
    this.supervisor = supervisor;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SupervisorGrpc.getServiceDescriptor())
        .addMethod(SupervisorGrpc.getStatusMethod(), replies.unary(this::status))
        .addMethod(SupervisorGrpc.getUpgradeMethod(), replies.unary(this::upgrade))
        .build();
  }

  private SupervisorStatusResponse status(CallHeaders headers, SupervisorStatusRequest request) {
    return SupervisorWire.encode(supervisor.within(WHOLE).call(SupervisorControl::status));
  }

  private UpgradeSupervisorResponse upgrade(CallHeaders headers, UpgradeSupervisorRequest request) {
    SupervisorStatus status = supervisor.within(WHOLE).call(s -> s.upgrade(request.getProgram()));
    return UpgradeSupervisorResponse.newBuilder()
        .setVersion(status.version())
        .setStatus(SupervisorWire.encode(status))
        .build();
  }
}
