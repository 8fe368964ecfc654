// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.NotFoundException;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import grpc.health.v1.HealthCheckRequest;
import grpc.health.v1.HealthCheckResponse;
import grpc.health.v1.HealthCheckResponse.ServingStatus;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthListRequest;
import grpc.health.v1.HealthListResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Component;

/** The health service. It knows the server as a whole, which serves whenever it can be asked. */
@Component(name = HealthService.PLUGIN, immediate = true)
@Plugin(HealthService.PLUGIN)
@OutlivingCalls("Watch")
public final class HealthService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.healthcheck";

  private final Replies replies = new Replies();

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(HealthGrpc.getServiceDescriptor())
        .addMethod(HealthGrpc.getCheckMethod(), replies.unary(this::check))
        .addMethod(HealthGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(HealthGrpc.getWatchMethod(), replies.streaming(this::watch))
        .build();
  }

  private HealthCheckResponse check(CallHeaders headers, HealthCheckRequest request) {
    if (!request.getService().isEmpty()) {
      throw new NotFoundException(
          "check health of %s: unknown service".formatted(request.getService()));
    }
    return response(ServingStatus.SERVING);
  }

  private HealthListResponse list(CallHeaders headers, HealthListRequest request) {
    return HealthListResponse.newBuilder().putStatuses("", response(ServingStatus.SERVING)).build();
  }

  private void watch(
      CallHeaders headers, HealthCheckRequest request, Sink<HealthCheckResponse> answers)
      throws InterruptedException {
    answers.interruptWhenOver();
    answers.send(
        response(
            request.getService().isEmpty()
                ? ServingStatus.SERVING
                : ServingStatus.SERVICE_UNKNOWN));
    CountDownLatch never = new CountDownLatch(1); // nothing changes as long as the server runs
    while (!never.await(1, TimeUnit.DAYS)) {
      answers.open();
    }
  }

  private static HealthCheckResponse response(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }
}
