// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import containerd.task.v3.CloseIORequest;
import containerd.task.v3.ConnectRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.PauseRequest;
import containerd.task.v3.PidsRequest;
import containerd.task.v3.PidsResponse;
import containerd.task.v3.ResizePtyRequest;
import containerd.task.v3.ResumeRequest;
import containerd.task.v3.ShutdownRequest;
import containerd.task.v3.StartRequest;
import containerd.task.v3.StartResponse;
import containerd.task.v3.StateRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.StatsRequest;
import containerd.task.v3.StatsResponse;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.linux.safe.Safe;
import gantry.plugins.ListeningSockets;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.StopListener;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.SupervisorControl;
import gantry.runtime.SupervisorStatus;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskRuntime;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.ShimWire;
import gantry.wire.TaskWire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.condition.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks run by runc, or another OCI runtime the options name, in the care of the supervisor. This
 * plugin only asks: whatever must outlive the daemon is in the supervisor, which stays when the
 * plugin stops.
 */
@Component(
    name = SupervisedRunc.PLUGIN,
    service = {TaskRuntime.class, SupervisorControl.class, StopListener.class, Inspector.class},
    immediate = true,
    property = TaskRuntime.RUNTIME_PROPERTY + "=io.containerd.runc.v2")
@Plugin(SupervisedRunc.PLUGIN)
public final class SupervisedRunc
    implements TaskRuntime, TaskCalls, SupervisorControl, StopListener, Inspector, AutoCloseable {
  static final String PLUGIN = "io.containerd.shim.v1.manager";

  private static final Logger LOG = LoggerFactory.getLogger(SupervisedRunc.class);

  /** Every call needs a namespace, also the one that concerns none. */
  private static final String ANY = "default";

  /** Up to five for a process with a terminal. */
  private static final int DESCRIPTORS_MAX = 1 << 14;

  private static final Duration AFTER_READY = Duration.ofSeconds(1);
  private static final Duration LAST = Duration.ofSeconds(2);

  /** How long a supervisor is asked how far the creation of a task is. */
  private static final Duration STAGE = Duration.ofMillis(400);

  private static final Duration STARTUP = Duration.ofSeconds(30);

  /** Configuration. */
  @interface Config {
    /** The supervisor's program; that of the installation if empty. */
    String supervisor() default "";

    /** {@code oom_score_adj} of the supervisor. */
    int oomScore() default -999;

    /** Control group of the supervisor in each hierarchy; that of the daemon if empty. */
    String cgroup() default "/gantry-supervisor";
  }

  private final TimeLimits limits;
  private final SupervisorConnection connection;
  private final SupervisorCalls supervisor;
  private final SupervisorUpgrade upgrade;
  private final Leftovers leftovers;
  private final TaskClaims claims;
  private final RuncInspection inspection;
  private final @Nullable Safe safe;

  /** Takes the plugin's directories; the first call connects, or the daemon's being ready. */
  @Activate
  public SupervisedRunc(
      @Reference PluginDirectories directories, @Reference TimeLimits limits, Config config) {
    this(
        SupervisorLayout.of(directories, PLUGIN, config.supervisor(), config.cgroup()),
        config.oomScore(),
        limits);
  }

  SupervisedRunc(SupervisorLayout layout, int oomScore) {
    this(layout, oomScore, TimeLimits.STANDARD);
  }

  SupervisedRunc(SupervisorLayout layout, int oomScore, TimeLimits limits) {
    SupervisorLauncher launcher = new SupervisorLauncher(layout, oomScore, limits);
    this.limits = limits;
    this.connection =
        new SupervisorConnection(
            layout.socket(), () -> launcher.start(new SocketProbe(layout.socket()), STARTUP));
    this.supervisor = new SupervisorCalls(connection);
    this.upgrade = new SupervisorUpgrade(layout, supervisor);
    this.leftovers = new Leftovers(layout);
    this.claims = new TaskClaims(layout.claims(), layout.cgroup());
    Traces traces = Traces.of(layout);
    this.inspection =
        new RuncInspection(
            traces,
            claims,
            new TaskEnding(this, leftovers),
            FifoInspection.beside(layout.events(), layout.socket().resolveSibling(""), traces));
    this.safe = open(layout.safe());
    connection.whenConnected(this::greet);
  }

  /** Without it containers lose their terminals if the supervisor is killed, and nothing else. */
  private static @Nullable Safe open(Path path) {
    try {
      return new Safe(path, DESCRIPTORS_MAX);
    } catch (IOException e) {
      LOG.warn("no terminals are kept for the case that the supervisor dies: {}", e.getMessage());
      return null;
    }
  }

  /** A call that it has come to know this daemon, and this version of this plugin, by. */
  private void greet() {
    try {
      supervisor.run(ANY, "Connect", ConnectRequest.getDefaultInstance(), limit(TaskLimit.QUERY));
    } catch (GantryException e) {
      LOG.debug("supervisor does not answer yet: {}", e.getMessage());
    }
  }

  /** The supervisor keeps the daemon's sockets while that restarts. */
  @Reference
  void setSockets(ListeningSockets sockets) {
    connection.whenConnected(
        () -> {
          // its keeper of sockets is there once it answers, not once its own socket is
          greet();
          sockets.keep();
        });
  }

  /** A start of the daemon is not slowed down by that of the supervisor, nor is the first task. */
  @Reference(
      target = "(osgi.condition.id=gantry.ready)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindReady(Condition ready) {
    connection.openLater(AFTER_READY);
  }

  void unbindReady(Condition ready) {
    // a connection made stays
  }

  @Override
  public int create(Bundle bundle, CreateTask request) {
    CreateTaskResponse answer =
        supervisor.call(
            bundle.namespace(),
            "Create",
            ShimWire.create(bundle, request),
            CreateTaskResponse.parser(),
            limit(TaskLimit.CREATE));
    claims.note(bundle, answer.getPid());
    return answer.getPid();
  }

  private Duration limit(TaskLimit what) {
    return what.in(limits);
  }

  /** The supervisor has no other word for a task that is not ready yet. */
  @Override
  public String stage(TaskName task) {
    StateRequest request = StateRequest.newBuilder().setId(task.id()).build();
    try {
      supervisor.ask(task.namespace(), "State", request, StateResponse.parser(), STAGE);
      return "";
    } catch (FailedPreconditionException e) {
      return String.valueOf(e.getMessage());
    } catch (NotFoundException e) {
      return "";
    }
  }

  @Override
  public int start(TaskName task, String execId) {
    StartRequest request = StartRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    return supervisor
        .call(task.namespace(), "Start", request, StartResponse.parser(), limit(TaskLimit.START))
        .getPid();
  }

  @Override
  public Exit delete(TaskName task, String execId) {
    DeleteRequest request = DeleteRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    Exit exit =
        ShimWire.exit(
            supervisor.call(
                task.namespace(),
                "Delete",
                request,
                DeleteResponse.parser(),
                limit(TaskLimit.DELETE)));
    if (execId.isEmpty()) {
      claims.settle(task);
    }
    return exit;
  }

  @Override
  public ProcessState state(TaskName task, String execId) {
    StateRequest request = StateRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    return ShimWire.state(
        supervisor.ask(
            task.namespace(), "State", request, StateResponse.parser(), limit(TaskLimit.QUERY)));
  }

  @Override
  public void kill(TaskName task, String execId, int signal, boolean all) {
    supervisor.run(
        task.namespace(), "Kill", ShimWire.kill(task, execId, signal, all), limit(TaskLimit.KILL));
  }

  @Override
  public void exec(TaskName task, String execId, ProcessIo io, TypedValue spec) {
    supervisor.run(
        task.namespace(), "Exec", ShimWire.exec(task, execId, io, spec), limit(TaskLimit.EXEC));
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
    supervisor.run(task.namespace(), "ResizePty", request, limit(TaskLimit.QUERY));
  }

  @Override
  public void closeStdin(TaskName task, String execId) {
    CloseIORequest request =
        CloseIORequest.newBuilder().setId(task.id()).setExecId(execId).setStdin(true).build();
    supervisor.run(task.namespace(), "CloseIO", request, limit(TaskLimit.QUERY));
  }

  @Override
  public void pause(TaskName task) {
    PauseRequest request = PauseRequest.newBuilder().setId(task.id()).build();
    supervisor.run(task.namespace(), "Pause", request, limit(TaskLimit.UPDATE));
  }

  @Override
  public void resume(TaskName task) {
    ResumeRequest request = ResumeRequest.newBuilder().setId(task.id()).build();
    supervisor.run(task.namespace(), "Resume", request, limit(TaskLimit.UPDATE));
  }

  @Override
  public List<ProcessDetails> pids(TaskName task) {
    PidsRequest request = PidsRequest.newBuilder().setId(task.id()).build();
    return supervisor
        .ask(task.namespace(), "Pids", request, PidsResponse.parser(), limit(TaskLimit.QUERY))
        .getProcessesList()
        .stream()
        .map(TaskWire::decode)
        .toList();
  }

  @Override
  public void checkpoint(TaskName task, String path, @Nullable TypedValue options) {
    supervisor.run(
        task.namespace(),
        "Checkpoint",
        ShimWire.checkpoint(task, path, options),
        limit(TaskLimit.CHECKPOINT));
  }

  @Override
  public void update(TaskName task, TypedValue resources, Map<String, String> annotations) {
    supervisor.run(
        task.namespace(),
        "Update",
        ShimWire.update(task, resources, annotations),
        limit(TaskLimit.UPDATE));
  }

  @Override
  public TypedValue stats(TaskName task) {
    StatsRequest request = StatsRequest.newBuilder().setId(task.id()).build();
    return AnyWire.decode(
        supervisor
            .ask(task.namespace(), "Stats", request, StatsResponse.parser(), limit(TaskLimit.QUERY))
            .getStats());
  }

  @Override
  public Exit await(TaskName task, String execId) throws InterruptedException {
    WaitRequest request = WaitRequest.newBuilder().setId(task.id()).setExecId(execId).build();
    return ShimWire.exit(
        supervisor.await(task.namespace(), "Wait", request, WaitResponse.parser()));
  }

  @Override
  public Exit cleanup(Bundle bundle) {
    Exit exit = leftovers.remove(bundle);
    claims.settle(new TaskName(bundle.namespace(), bundle.id()));
    return exit;
  }

  @Override
  public Set<String> kinds() {
    return inspection.kinds();
  }

  @Override
  public List<Finding> inspect() throws IOException {
    return inspection.inspect();
  }

  @Override
  public void mend(Finding finding) throws IOException {
    inspection.mend(finding);
  }

  @Override
  public SupervisorStatus status() {
    return upgrade.status();
  }

  @Override
  public SupervisorStatus upgrade(String program) {
    return upgrade.upgrade(program);
  }

  /** A supervisor with nothing to supervise ends with the daemon; another stays. */
  @Override
  public void daemonStops() {
    connection.expectEnd();
    try {
      supervisor.run(ANY, "Shutdown", ShutdownRequest.getDefaultInstance(), LAST);
    } catch (GantryException e) {
      LOG.debug("supervisor does not hear that the daemon stops: {}", e.getMessage());
    }
  }

  /** Lets go of the supervisor, which stays, when what it was told to do is done. */
  @Override
  @Deactivate
  public void close() {
    supervisor.close();
    if (safe != null) {
      safe.close();
    }
  }
}
