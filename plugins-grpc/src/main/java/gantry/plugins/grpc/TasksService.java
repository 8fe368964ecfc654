// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.tasks.v1.CheckpointTaskRequest;
import containerd.services.tasks.v1.CheckpointTaskResponse;
import containerd.services.tasks.v1.CloseIORequest;
import containerd.services.tasks.v1.CreateTaskRequest;
import containerd.services.tasks.v1.CreateTaskResponse;
import containerd.services.tasks.v1.DeleteProcessRequest;
import containerd.services.tasks.v1.DeleteResponse;
import containerd.services.tasks.v1.DeleteTaskRequest;
import containerd.services.tasks.v1.ExecProcessRequest;
import containerd.services.tasks.v1.GetRequest;
import containerd.services.tasks.v1.GetResponse;
import containerd.services.tasks.v1.KillRequest;
import containerd.services.tasks.v1.ListPidsRequest;
import containerd.services.tasks.v1.ListPidsResponse;
import containerd.services.tasks.v1.ListTasksRequest;
import containerd.services.tasks.v1.ListTasksResponse;
import containerd.services.tasks.v1.MetricsRequest;
import containerd.services.tasks.v1.MetricsResponse;
import containerd.services.tasks.v1.PauseTaskRequest;
import containerd.services.tasks.v1.ResizePtyRequest;
import containerd.services.tasks.v1.ResumeTaskRequest;
import containerd.services.tasks.v1.StartRequest;
import containerd.services.tasks.v1.StartResponse;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.services.tasks.v1.UpdateTaskRequest;
import containerd.services.tasks.v1.WaitRequest;
import containerd.services.tasks.v1.WaitResponse;
import gantry.errors.InvalidArgumentException;
import gantry.filters.FilterParser;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.plugins.TimeLimits;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskManager;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.DescriptorWire;
import gantry.wire.TaskWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The tasks service: containers that run. */
@Component(name = TasksService.PLUGIN, immediate = true)
@Plugin(
    value = TasksService.PLUGIN,
    plugin_requires = {"io.containerd.runtime.v2", "io.containerd.metadata.v1"})
@OutlivingCalls("Wait")
public final class TasksService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.tasks";

  /** What an operation may take beyond what its runtime may. */
  private static final Duration EXTRA = Duration.ofMinutes(2);

  private final Replies replies = new Replies();
  private final Handle<TaskManager> tasks;
  private final TimeLimits limits;

  /** Serves the tasks of the task manager. */
  @Activate
  public TasksService(
      @Reference(target = "(contract=gantry.runtime.TaskManager)") Handle<TaskManager> tasks,
      @Reference TimeLimits limits) {
    this.tasks = tasks;
    this.limits = limits;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(TasksGrpc.getServiceDescriptor())
        .addMethod(TasksGrpc.getCreateMethod(), replies.waiting(this::create))
        .addMethod(TasksGrpc.getStartMethod(), replies.unary(this::start))
        .addMethod(TasksGrpc.getDeleteMethod(), replies.unary(this::delete))
        .addMethod(TasksGrpc.getDeleteProcessMethod(), replies.unary(this::deleteProcess))
        .addMethod(TasksGrpc.getGetMethod(), replies.unary(this::get))
        .addMethod(TasksGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(TasksGrpc.getKillMethod(), replies.unary(this::kill))
        .addMethod(TasksGrpc.getExecMethod(), replies.unary(this::exec))
        .addMethod(TasksGrpc.getResizePtyMethod(), replies.unary(this::resize))
        .addMethod(TasksGrpc.getCloseIOMethod(), replies.unary(this::closeIo))
        .addMethod(TasksGrpc.getPauseMethod(), replies.unary(this::pause))
        .addMethod(TasksGrpc.getResumeMethod(), replies.unary(this::resume))
        .addMethod(TasksGrpc.getListPidsMethod(), replies.unary(this::pids))
        .addMethod(TasksGrpc.getCheckpointMethod(), replies.unary(this::checkpoint))
        .addMethod(TasksGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(TasksGrpc.getMetricsMethod(), replies.unary(this::metrics))
        .addMethod(TasksGrpc.getWaitMethod(), replies.waiting(this::await))
        .build();
  }

  private CreateTaskResponse create(CallHeaders headers, CreateTaskRequest request) {
    CreateTask wanted = TaskWire.decode(request);
    Namespace namespace = headers.namespace();
    // Beyond the runtime's part come bundle, checkpoint and clean-up.
    Duration longest = TaskLimit.CREATE.in(limits).plus(EXTRA);
    Duration patience = headers.patience(longest);
    int pid =
        tasks
            .within(longest.plus(EXTRA))
            .call(manager -> manager.create(namespace, wanted, patience));
    return CreateTaskResponse.newBuilder()
        .setContainerId(request.getContainerId())
        .setPid(pid)
        .build();
  }

  private StartResponse start(CallHeaders headers, StartRequest request) {
    Namespace namespace = headers.namespace();
    Duration longest = TaskLimit.START.in(limits).plus(EXTRA);
    int pid =
        tasks
            .within(longest)
            .call(
                manager -> manager.start(namespace, request.getContainerId(), request.getExecId()));
    return StartResponse.newBuilder().setPid(pid).build();
  }

  private DeleteResponse delete(CallHeaders headers, DeleteTaskRequest request) {
    Namespace namespace = headers.namespace();
    Duration longest = TaskLimit.DELETE.in(limits).plus(EXTRA);
    Exit exit =
        tasks.within(longest).call(manager -> manager.delete(namespace, request.getContainerId()));
    return TaskWire.deleted("", exit);
  }

  private DeleteResponse deleteProcess(CallHeaders headers, DeleteProcessRequest request) {
    Namespace namespace = headers.namespace();
    Exit exit =
        tasks.call(
            manager ->
                manager.deleteProcess(namespace, request.getContainerId(), request.getExecId()));
    return TaskWire.deleted(request.getExecId(), exit);
  }

  private GetResponse get(CallHeaders headers, GetRequest request) {
    Namespace namespace = headers.namespace();
    var state =
        tasks.call(
            manager -> manager.get(namespace, request.getContainerId(), request.getExecId()));
    return GetResponse.newBuilder().setProcess(TaskWire.encode(state)).build();
  }

  private ListTasksResponse list(CallHeaders headers, ListTasksRequest request) {
    Namespace namespace = headers.namespace();
    ListTasksResponse.Builder response = ListTasksResponse.newBuilder();
    tasks
        .call(manager -> manager.list(namespace))
        .forEach(state -> response.addTasks(TaskWire.encode(state)));
    return response.build();
  }

  private Empty kill(CallHeaders headers, KillRequest request) {
    return run(
        headers,
        (manager, namespace) ->
            manager.kill(
                namespace,
                request.getContainerId(),
                request.getExecId(),
                request.getSignal(),
                request.getAll()));
  }

  private Empty exec(CallHeaders headers, ExecProcessRequest request) {
    if (request.getExecId().isEmpty()) {
      throw new InvalidArgumentException("exec id cannot be empty");
    }
    TypedValue spec = AnyWire.decode(request.getSpec());
    return run(
        headers,
        (manager, namespace) ->
            manager.exec(
                namespace,
                request.getContainerId(),
                request.getExecId(),
                TaskWire.io(request),
                spec));
  }

  private Empty resize(CallHeaders headers, ResizePtyRequest request) {
    return run(
        headers,
        (manager, namespace) ->
            manager.resize(
                namespace,
                request.getContainerId(),
                request.getExecId(),
                request.getWidth(),
                request.getHeight()));
  }

  private Empty closeIo(CallHeaders headers, CloseIORequest request) {
    return run(
        headers,
        (manager, namespace) -> {
          if (request.getStdin()) {
            manager.closeStdin(namespace, request.getContainerId(), request.getExecId());
          }
        });
  }

  private Empty pause(CallHeaders headers, PauseTaskRequest request) {
    return run(headers, (manager, namespace) -> manager.pause(namespace, request.getContainerId()));
  }

  private Empty resume(CallHeaders headers, ResumeTaskRequest request) {
    return run(
        headers, (manager, namespace) -> manager.resume(namespace, request.getContainerId()));
  }

  private ListPidsResponse pids(CallHeaders headers, ListPidsRequest request) {
    Namespace namespace = headers.namespace();
    ListPidsResponse.Builder response = ListPidsResponse.newBuilder();
    tasks
        .call(manager -> manager.pids(namespace, request.getContainerId()))
        .forEach(process -> response.addProcesses(TaskWire.encode(process)));
    return response.build();
  }

  private CheckpointTaskResponse checkpoint(CallHeaders headers, CheckpointTaskRequest request) {
    Caller caller = headers.caller();
    String parent = request.getParentCheckpoint();
    Descriptor base = parent.isEmpty() ? null : Descriptor.of("", Digest.parse(parent), 0);
    TypedValue options = request.hasOptions() ? AnyWire.decode(request.getOptions()) : null;
    CheckpointTaskResponse.Builder response = CheckpointTaskResponse.newBuilder();
    try (Handle.Lease<TaskManager> lease = tasks.lease()) {
      lease
          .get()
          .checkpoint(caller, request.getContainerId(), base, options)
          .forEach(descriptor -> response.addDescriptors(DescriptorWire.encode(descriptor)));
    }
    return response.build();
  }

  private Empty update(CallHeaders headers, UpdateTaskRequest request) {
    TypedValue resources = AnyWire.decode(request.getResources());
    return run(
        headers,
        (manager, namespace) ->
            manager.update(
                namespace, request.getContainerId(), resources, request.getAnnotationsMap()));
  }

  private MetricsResponse metrics(CallHeaders headers, MetricsRequest request) {
    Namespace namespace = headers.namespace();
    var filter = FilterParser.parse(request.getFiltersList());
    MetricsResponse.Builder response = MetricsResponse.newBuilder();
    tasks
        .call(manager -> manager.metrics(namespace, filter))
        .forEach(metric -> response.addMetrics(TaskWire.encode(metric)));
    return response.build();
  }

  private WaitResponse await(CallHeaders headers, WaitRequest request) throws InterruptedException {
    Namespace namespace = headers.namespace();
    try (Handle.Lease<TaskManager> lease = tasks.lease()) {
      return TaskWire.ended(
          lease.get().await(namespace, request.getContainerId(), request.getExecId()));
    }
  }

  /** A call without a result. */
  @FunctionalInterface
  private interface Order {
    void give(TaskManager manager, Namespace namespace);
  }

  private Empty run(CallHeaders headers, Order order) {
    Namespace namespace = headers.namespace();
    tasks.run(manager -> order.give(manager, namespace));
    return Empty.getDefaultInstance();
  }
}
