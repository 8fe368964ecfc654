// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Message;
import containerd.services.sandbox.v1.ControllerCreateRequest;
import containerd.services.sandbox.v1.ControllerCreateResponse;
import containerd.services.sandbox.v1.ControllerGrpc;
import containerd.services.sandbox.v1.ControllerMetricsRequest;
import containerd.services.sandbox.v1.ControllerMetricsResponse;
import containerd.services.sandbox.v1.ControllerPlatformRequest;
import containerd.services.sandbox.v1.ControllerPlatformResponse;
import containerd.services.sandbox.v1.ControllerShutdownRequest;
import containerd.services.sandbox.v1.ControllerShutdownResponse;
import containerd.services.sandbox.v1.ControllerStartRequest;
import containerd.services.sandbox.v1.ControllerStartResponse;
import containerd.services.sandbox.v1.ControllerStatusRequest;
import containerd.services.sandbox.v1.ControllerStatusResponse;
import containerd.services.sandbox.v1.ControllerStopRequest;
import containerd.services.sandbox.v1.ControllerStopResponse;
import containerd.services.sandbox.v1.ControllerUpdateRequest;
import containerd.services.sandbox.v1.ControllerUpdateResponse;
import containerd.services.sandbox.v1.ControllerWaitRequest;
import containerd.services.sandbox.v1.ControllerWaitResponse;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.events.Event;
import gantry.events.EventBus;
import gantry.names.Namespace;
import gantry.oci.Platform;
import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.plugins.PluginInventory;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskMetric;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.SandboxController;
import gantry.sandboxes.SandboxCreation;
import gantry.sandboxes.SandboxExit;
import gantry.sandboxes.SandboxStart;
import gantry.sandboxes.SandboxStatus;
import gantry.wire.AnyWire;
import gantry.wire.PlatformWire;
import gantry.wire.SandboxWire;
import gantry.wire.TaskWire;
import gantry.wire.TimestampWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The service of sandboxes that run: asks the controller that a request names, and publishes what
 * became of sandboxes.
 */
@Component(name = SandboxControllersService.PLUGIN, immediate = true)
@Plugin(
    value = SandboxControllersService.PLUGIN,
    plugin_requires = {"io.containerd.sandbox.controller.v1", "io.containerd.event.v1"})
@OutlivingCalls("Wait")
public final class SandboxControllersService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.sandbox-controllers";

  /** What an operation may take beyond what the sandbox's shim may. */
  private static final Duration EXTRA = Duration.ofMinutes(2);

  private final Replies replies = new Replies();
  private final SandboxControllers controllers = new SandboxControllers();
  private final EventBus events;
  private final TimeLimits limits;

  /** Serves the controllers that come. */
  @Activate
  public SandboxControllersService(@Reference EventBus events, @Reference TimeLimits limits) {
    this.events = events;
    this.limits = limits;
  }

  /** Whoever misses a controller wants to know why it is not there. */
  @Reference
  void setInventory(PluginInventory inventory) {
    controllers.explainBy(name -> inventory.absent(SandboxController.class.getName(), name));
  }

  @Reference(
      service = Handle.class,
      target = "(contract=gantry.sandboxes.SandboxController)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindController(Handle<SandboxController> controller, Map<String, ?> properties) {
    controllers.add(controller, properties);
  }

  void unbindController(Handle<SandboxController> controller) {
    controllers.remove(controller);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ControllerGrpc.getServiceDescriptor())
        .addMethod(ControllerGrpc.getCreateMethod(), replies.unary(this::create))
        .addMethod(ControllerGrpc.getStartMethod(), replies.unary(this::start))
        .addMethod(ControllerGrpc.getPlatformMethod(), replies.unary(this::platform))
        .addMethod(ControllerGrpc.getStopMethod(), replies.unary(this::stop))
        .addMethod(ControllerGrpc.getWaitMethod(), replies.waiting(this::await))
        .addMethod(ControllerGrpc.getStatusMethod(), replies.unary(this::status))
        .addMethod(ControllerGrpc.getShutdownMethod(), replies.unary(this::shutdown))
        .addMethod(ControllerGrpc.getMetricsMethod(), replies.unary(this::metrics))
        .addMethod(ControllerGrpc.getUpdateMethod(), replies.unary(this::update))
        .build();
  }

  private ControllerCreateResponse create(CallHeaders headers, ControllerCreateRequest request) {
    Namespace namespace = headers.namespace();
    Sandbox sandbox = SandboxWire.sandbox(request);
    SandboxCreation creation = SandboxWire.creation(request);
    controller(request.getSandboxer(), TaskLimit.CREATE)
        .run(controller -> controller.create(namespace, sandbox, creation));
    publish(
        namespace,
        "/sandboxes/create",
        containerd.events.SandboxCreate.newBuilder().setSandboxId(request.getSandboxId()).build());
    return ControllerCreateResponse.newBuilder().setSandboxId(request.getSandboxId()).build();
  }

  private ControllerStartResponse start(CallHeaders headers, ControllerStartRequest request) {
    Namespace namespace = headers.namespace();
    String id = request.getSandboxId();
    SandboxStart started =
        controller(request.getSandboxer(), TaskLimit.START)
            .call(controller -> controller.start(namespace, id));
    publish(
        namespace,
        "/sandboxes/start",
        containerd.events.SandboxStart.newBuilder().setSandboxId(id).build());
    return SandboxWire.encode(id, started);
  }

  private ControllerPlatformResponse platform(
      CallHeaders headers, ControllerPlatformRequest request) {
    Namespace namespace = headers.namespace();
    Platform platform =
        controller(request.getSandboxer(), TaskLimit.QUERY)
            .call(controller -> controller.platform(namespace, request.getSandboxId()));
    return ControllerPlatformResponse.newBuilder()
        .setPlatform(PlatformWire.encode(platform))
        .build();
  }

  private ControllerStopResponse stop(CallHeaders headers, ControllerStopRequest request) {
    Namespace namespace = headers.namespace();
    Duration patience = Duration.ofSeconds(Integer.toUnsignedLong(request.getTimeoutSecs()));
    Duration whole = TaskLimit.DELETE.in(limits).plus(patience).plus(EXTRA);
    controllers
        .require(request.getSandboxer())
        .within(whole)
        .run(controller -> controller.stop(namespace, request.getSandboxId(), patience));
    return ControllerStopResponse.getDefaultInstance();
  }

  private ControllerWaitResponse await(CallHeaders headers, ControllerWaitRequest request)
      throws InterruptedException {
    Namespace namespace = headers.namespace();
    String id = request.getSandboxId();
    SandboxExit exit = await(controllers.require(request.getSandboxer()), namespace, id);
    publish(
        namespace,
        "/sandboxes/exit",
        containerd.events.SandboxExit.newBuilder()
            .setSandboxId(id)
            .setExitStatus(exit.status())
            .setExitedAt(TimestampWire.encode(exit.at()))
            .build());
    return ControllerWaitResponse.newBuilder()
        .setExitStatus(exit.status())
        .setExitedAt(TimestampWire.encode(exit.at()))
        .build();
  }

  /** A wait that breaks because its controller was replaced goes on in the next version. */
  @SuppressWarnings("ReferenceEquality") // of versions, which are equal to nobody
  private static SandboxExit await(Handle<SandboxController> handle, Namespace namespace, String id)
      throws InterruptedException {
    while (true) {
      SandboxController asked;
      try (Handle.Lease<SandboxController> lease = handle.lease()) {
        asked = lease.get();
        try {
          return asked.await(namespace, id);
        } catch (UnavailableException e) {
          try (Handle.Lease<SandboxController> now = handle.lease()) {
            if (now.get() == asked) {
              throw e;
            }
          }
        }
      }
    }
  }

  private ControllerStatusResponse status(CallHeaders headers, ControllerStatusRequest request) {
    Namespace namespace = headers.namespace();
    SandboxStatus status =
        controller(request.getSandboxer(), TaskLimit.STATE)
            .call(c -> c.status(namespace, request.getSandboxId(), request.getVerbose()));
    return SandboxWire.encode(status);
  }

  private ControllerShutdownResponse shutdown(
      CallHeaders headers, ControllerShutdownRequest request) {
    Namespace namespace = headers.namespace();
    controller(request.getSandboxer(), TaskLimit.DELETE)
        .run(controller -> controller.shutdown(namespace, request.getSandboxId()));
    return ControllerShutdownResponse.getDefaultInstance();
  }

  private ControllerMetricsResponse metrics(CallHeaders headers, ControllerMetricsRequest request) {
    Namespace namespace = headers.namespace();
    TaskMetric metric =
        controller(request.getSandboxer(), TaskLimit.STATS)
            .call(controller -> controller.metrics(namespace, request.getSandboxId()));
    return ControllerMetricsResponse.newBuilder().setMetrics(TaskWire.encode(metric)).build();
  }

  private ControllerUpdateResponse update(CallHeaders headers, ControllerUpdateRequest request) {
    Namespace namespace = headers.namespace();
    Handle<SandboxController> handle = controller(request.getSandboxer(), TaskLimit.UPDATE);
    if (!request.hasSandbox()) {
      throw new UnknownException("sandbox can not be nil");
    }
    Sandbox sandbox = SandboxWire.decode(request.getSandbox());
    handle.run(c -> c.update(namespace, sandbox, request.getFieldsList()));
    return ControllerUpdateResponse.getDefaultInstance();
  }

  private Handle<SandboxController> controller(String name, TaskLimit limit) {
    return controllers.require(name).within(limit.in(limits).plus(EXTRA));
  }

  private void publish(Namespace namespace, String topic, Message event) {
    events.publish(namespace, new Event.Opaque(topic, AnyWire.typed(event)));
  }
}
