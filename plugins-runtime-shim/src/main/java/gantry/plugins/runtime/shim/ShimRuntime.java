// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.task.v3.CloseIORequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.PauseRequest;
import containerd.task.v3.PidsRequest;
import containerd.task.v3.PidsResponse;
import containerd.task.v3.ResizePtyRequest;
import containerd.task.v3.ResumeRequest;
import containerd.task.v3.StartRequest;
import containerd.task.v3.StartResponse;
import containerd.task.v3.StateRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.StatsRequest;
import containerd.task.v3.StatsResponse;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.names.Namespace;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.RuntimeInspector;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskSandbox;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.ShimWire;
import gantry.wire.TaskWire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks run by shims of others: whatever program the name of a runtime stands for. A shim outlives
 * this plugin and the daemon; all that is known of it is in the bundle of its task.
 */
@Component(
    name = ShimRuntime.PLUGIN,
    service = {TaskRuntime.class, RuntimeInspector.class},
    immediate = true,
    property = {
      TaskRuntime.RUNTIME_PROPERTY + "=" + TaskRuntime.ANY,
      TaskRuntime.EXCEPT_PROPERTY + "=" + ShimRuntime.SUPERVISED
    })
@Plugin(ShimRuntime.PLUGIN)
public final class ShimRuntime implements TaskRuntime, RuntimeInspector, AutoCloseable {
  static final String PLUGIN = "io.containerd.shim.v1.binary";

  /**
   * Not run by a shim; what is said of it is said by the program that stands for the supervisor.
   */
  static final String SUPERVISED = "io.containerd.runc.v2";

  private static final String SUPERVISOR = "io.containerd.gantry.v2";

  private static final Logger LOG = LoggerFactory.getLogger(ShimRuntime.class);
  private static final Duration END_KNOWN = Duration.ofSeconds(30);
  private static final int CONNECTIONS_MAX = 3;

  /** Configuration. */
  @interface Config {
    /** Variables for the environment of every shim, each {@code NAME=value}. */
    String[] env() default {};

    /** Where shims make their sockets; an absolute path of at most 41 bytes. */
    String socket__dir() default "/run/containerd/s";
  }

  private final Programs programs;
  private final SandboxShims sandboxes;
  private final ShimProgram commands;
  private final ShimLogs logs;
  private final Shims shims;
  private final ShimStart starts;
  private final Ends ends = new Ends();
  private volatile @Nullable Handle<TaskManager> tasks;

  /** Takes the plugin's directories. */
  @Activate
  public ShimRuntime(
      @Reference PluginDirectories directories,
      @Reference DaemonInfo daemon,
      @Reference TimeLimits limits,
      Config config) {
    this(
        new ShimSettings(
            directories.address(),
            program(directories),
            Path.of(config.socket__dir()),
            List.of(config.env()),
            daemon.version()),
        new Programs(
            Optional.ofNullable(System.getenv("PATH")).orElse(""),
            program(directories).resolveSibling(".").normalize()),
        directories.state(PLUGIN),
        new SandboxBundles(
                directories.state(ShimController.PLUGIN), directories.root(ShimController.PLUGIN))
            .links(),
        limits);
  }

  ShimRuntime(
      ShimSettings settings, Programs programs, Path state, Path sandboxes, TimeLimits limits) {
    this.sandboxes = new SandboxShims(new ShimLinks(sandboxes));
    this.programs = programs;
    this.logs = new ShimLogs();
    ShimLinks links = new ShimLinks(state);
    this.shims = new Shims(links, logs, limits, this::lost);
    this.commands = new ShimProgram(settings, limits);
    this.starts = new ShimStart(settings, commands, links, logs, shims);
  }

  static Path program(PluginDirectories directories) {
    return directories.libexec().resolve("../../bin/gantryd").normalize();
  }

  /** Whoever keeps the bundles is told when a shim dies; the shims that run are met now. */
  @Reference(
      service = Handle.class,
      target = "(contract=gantry.runtime.TaskManager)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindTasks(Handle<TaskManager> manager) {
    tasks = manager;
    Thread.ofVirtual().name("shim-load").start(shims::load);
  }

  void unbindTasks(Handle<TaskManager> manager) {
    if (manager.equals(tasks)) {
      tasks = null;
    }
  }

  private void lost(TaskName task) {
    Handle<TaskManager> manager = tasks;
    try {
      if (manager != null) {
        manager.run(m -> m.lost(new Namespace(task.namespace()), task.id()));
      }
    } catch (GantryException e) {
      LOG.warn("task {} has lost its shim, and nobody cleans up", task.id(), e);
    }
  }

  @Override
  public int create(Bundle bundle, CreateTask request) {
    Supplier<Shim> start = start(bundle, request);
    TaskName task = ShimStart.name(bundle);
    ends.forget(task);
    try {
      Shim shim = start.get();
      int pid =
          shim.order(
                  task.namespace(),
                  "Create",
                  ShimWire.create(bundle, request),
                  CreateTaskResponse.parser(),
                  TaskLimit.CREATE)
              .getPid();
      new ShimFiles(bundle.state()).write(shim.bootstrap());
      return pid;
    } catch (RuntimeException e) {
      abandon(bundle, e);
      throw e;
    }
  }

  private Supplier<Shim> start(Bundle bundle, CreateTask request) {
    TaskSandbox sandbox = request.sandbox();
    Optional<Bootstrap> held = sandboxes.find(bundle.namespace(), sandbox);
    if (sandbox != null && held.isPresent()) {
      return () -> starts.join(sandbox.id(), held.get(), bundle);
    }
    Path program = program(request);
    return () -> starts.start(program, bundle, request.options());
  }

  private Path program(CreateTask request) {
    try {
      return programs.find(request.runtime());
    } catch (UnknownException e) {
      throw new UnknownException("failed to start shim: " + e.getMessage(), e);
    }
  }

  private void abandon(Bundle bundle, RuntimeException failure) {
    try {
      starts.end(bundle);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public int start(TaskName task, String execId) {
    StartRequest request = StartRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    return shims
        .of(task)
        .order(task.namespace(), "Start", request, StartResponse.parser(), TaskLimit.START)
        .getPid();
  }

  @Override
  public Exit delete(TaskName task, String execId) {
    DeleteRequest request = DeleteRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    Shim shim = shims.of(task);
    try {
      Exit exit =
          ShimWire.exit(
              shim.order(
                  task.namespace(), "Delete", request, DeleteResponse.parser(), TaskLimit.DELETE));
      if (execId.isEmpty()) {
        shims.leave(task);
      }
      return exit;
    } catch (UnavailableException e) {
      if (shim.isOpen()) {
        throw e;
      }
      throw new NotFoundException("task %s: its shim is gone".formatted(task.id()), e);
    }
  }

  @Override
  public ProcessState state(TaskName task, String execId) {
    StateRequest request = StateRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    return ShimWire.state(ask(task, "State", request, StateResponse.parser(), TaskLimit.STATE));
  }

  /** Asks once more on another connection if one broke: the shim may be there all the same. */
  private <R extends MessageLite> R ask(
      TaskName task, String method, MessageLite request, Parser<R> answer, TaskLimit limit) {
    Shim shim = shims.of(task);
    try {
      return shim.ask(task.namespace(), method, request, answer, limit);
    } catch (UnavailableException e) {
      if (shim.isOpen()) {
        throw e;
      }
      return shims.of(task).ask(task.namespace(), method, request, answer, limit);
    }
  }

  private void order(TaskName task, String method, MessageLite request, TaskLimit limit) {
    shims.of(task).order(task.namespace(), method, request, limit);
  }

  @Override
  public void kill(TaskName task, String execId, int signal, boolean all) {
    order(task, "Kill", ShimWire.kill(task, execId, signal, all), TaskLimit.KILL);
  }

  @Override
  public void exec(TaskName task, String execId, ProcessIo io, TypedValue spec) {
    order(task, "Exec", ShimWire.exec(task, execId, io, spec), TaskLimit.EXEC);
  }

  @Override
  public void resize(TaskName task, String execId, int width, int height) {
    ResizePtyRequest request =
        ResizePtyRequest.newBuilder()
            .setId(task.id())
            .setExecId(execId)
            .setWidth(width)
            .setHeight(height)
            .build();
    order(task, "ResizePty", request, TaskLimit.QUERY);
  }

  @Override
  public void closeStdin(TaskName task, String execId) {
    CloseIORequest request =
        CloseIORequest.newBuilder().setId(task.id()).setExecId(execId).setStdin(true).build();
    order(task, "CloseIO", request, TaskLimit.QUERY);
  }

  @Override
  public void pause(TaskName task) {
    order(task, "Pause", PauseRequest.newBuilder().setId(task.id()).build(), TaskLimit.UPDATE);
  }

  @Override
  public void resume(TaskName task) {
    order(task, "Resume", ResumeRequest.newBuilder().setId(task.id()).build(), TaskLimit.UPDATE);
  }

  @Override
  public List<ProcessDetails> pids(TaskName task) {
    PidsRequest request = PidsRequest.newBuilder().setId(task.id()).build();
    return ask(task, "Pids", request, PidsResponse.parser(), TaskLimit.STATE)
        .getProcessesList()
        .stream()
        .map(TaskWire::decode)
        .toList();
  }

  @Override
  public void checkpoint(TaskName task, String path, @Nullable TypedValue options) {
    order(task, "Checkpoint", ShimWire.checkpoint(task, path, options), TaskLimit.CHECKPOINT);
  }

  @Override
  public void update(TaskName task, TypedValue resources, Map<String, String> annotations) {
    order(task, "Update", ShimWire.update(task, resources, annotations), TaskLimit.UPDATE);
  }

  @Override
  public TypedValue stats(TaskName task) {
    StatsRequest request = StatsRequest.newBuilder().setId(task.id()).build();
    return AnyWire.decode(
        ask(task, "Stats", request, StatsResponse.parser(), TaskLimit.STATS).getStats());
  }

  @Override
  public Exit await(TaskName task, String execId) throws InterruptedException {
    WaitRequest request = WaitRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    Shim shim = shims.of(task);
    for (int connection = 1; ; connection++) {
      try {
        return ShimWire.exit(shim.await(task.namespace(), "Wait", request, WaitResponse.parser()));
      } catch (UnavailableException e) {
        if (shims.isClosed() || connection == CONNECTIONS_MAX) {
          throw e;
        }
      }
      try {
        shim = shims.of(task);
      } catch (NotFoundException gone) {
        return ends.await(task, END_KNOWN);
      }
    }
  }

  @Override
  public Exit cleanup(Bundle bundle) {
    Exit exit = starts.end(bundle);
    ends.tell(ShimStart.name(bundle), exit);
    return exit;
  }

  @Override
  public TypedValue inspect(String runtime, @Nullable TypedValue options) {
    return commands.info(programs.find(runtime.equals(SUPERVISED) ? SUPERVISOR : runtime), options);
  }

  /** Lets go of all shims, which stay. */
  @Override
  @Deactivate
  public void close() {
    shims.close();
  }
}
