// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.containers.Container;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.events.EventBus;
import gantry.filters.Filter;
import gantry.linux.Mounts;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.names.Identifier;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import gantry.plugins.PluginInventory;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskRuntime;
import gantry.typed.TypedValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks whose bundles are below one directory. It keeps nothing in memory, so two versions of
 * it can serve side by side. When a runtime appears, the tasks it had before a restart are looked
 * after in the background; calls are served meanwhile.
 */
@Component(
    name = BundledTasks.PLUGIN,
    service = {TaskManager.class, PluginFacts.class},
    immediate = true)
@Plugin(
    value = BundledTasks.PLUGIN,
    plugin_requires = {"io.containerd.metadata.v1", "io.containerd.shim.v1"},
    plugin_platform = true)
public final class BundledTasks implements TaskManager, PluginFacts {
  static final String PLUGIN = "io.containerd.runtime.v2.task";

  private static final Logger LOG = LoggerFactory.getLogger(BundledTasks.class);

  /** A runtime may have to start its supervisor first, and has limits of its own. */
  private static final Duration CREATION = Duration.ofMinutes(5);

  private final Handle<Metadata> metadata;
  private final BundleStore bundles;
  private final Recovery recovery;
  private final Runtimes runtimes = new Runtimes();
  private final TaskViews views;
  private final Checkpoints checkpoints;

  /** Takes the plugin's directories; recovery begins with the first runtime. */
  @Activate
  public BundledTasks(
      @Reference PluginDirectories directories,
      @Reference(service = Handle.class, target = "(contract=gantry.metadata.Metadata)")
          Handle<Metadata> metadata,
      @Reference EventBus events) {
    this(
        new BundleLayout(directories.root(PLUGIN), directories.state(PLUGIN)),
        metadata,
        events,
        Era.current(),
        new Trees(Mounts::unmountRecursive));
  }

  BundledTasks(
      BundleLayout layout, Handle<Metadata> metadata, EventBus events, Era era, Trees trees) {
    this.metadata = metadata;
    this.bundles = new BundleStore(layout, era, trees);
    this.recovery = new Recovery(bundles, events, era);
    this.views = new TaskViews(this::require, bundles);
    this.checkpoints = new Checkpoints(metadata, trees);
    Thread.ofVirtual().name("task-sweep").start(bundles::sweep);
  }

  /** Whoever misses a runtime wants to know why it is not there. */
  @Reference
  void setInventory(PluginInventory inventory) {
    runtimes.explainBy(() -> inventory.absent(TaskRuntime.class.getName(), ""));
  }

  @Reference(
      service = Handle.class,
      target = "(contract=gantry.runtime.TaskRuntime)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindRuntime(Handle<TaskRuntime> runtime, Map<String, ?> properties) {
    recovery.begin(runtime, runtimes.add(runtime, properties));
  }

  void unbindRuntime(Handle<TaskRuntime> runtime) {
    runtimes.remove(runtime);
  }

  @Override
  public Map<String, String> exports() {
    return Map.of("log-uri-schemes", "fifo,binary,binary-v2,file");
  }

  @Override
  public int create(Namespace namespace, CreateTask request) {
    Container container = container(namespace, request.containerId());
    String name = request.runtime().isEmpty() ? container.runtime() : request.runtime();
    TaskOptions.requireSupported(name, request);
    Handle<TaskRuntime> runtime = runtimes.forNew(name);
    Bundle bundle = bundles.create(namespace.name(), container.id(), name, container.spec());
    try {
      String image = checkpoints.unpack(Caller.of(namespace), request, bundle);
      CreateTask effective = TaskOptions.complete(request, name, container.runtimeOptions(), image);
      int pid = runtime.within(CREATION).call(r -> r.create(bundle, effective));
      bundles.end(bundle);
      return pid;
    } catch (UnknownException e) {
      abandon(runtime, bundle, e);
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(Runtimes.NOT_STARTED)
          ? e
          : new UnknownException("failed to create shim task: " + message, e);
    } catch (RuntimeException e) {
      abandon(runtime, bundle, e);
      throw e;
    }
  }

  /** A creation without an answer may have made something; one with an answer has not. */
  private void abandon(Handle<TaskRuntime> runtime, Bundle bundle, RuntimeException failure) {
    boolean unanswered =
        failure instanceof UnavailableException
            || failure instanceof DeadlineExceededException
            || failure instanceof CanceledException;
    try {
      if (unanswered) {
        recovery.bury(runtime, bundle, false);
      } else {
        bundles.remove(bundle);
      }
    } catch (GantryException e) {
      // The bundle stays, so that a delete can clean up what this could not.
      bundles.end(bundle);
      failure.addSuppressed(e);
    }
  }

  @Override
  public int start(Namespace namespace, String id, String execId) {
    return require(namespace, id).call((r, task) -> r.start(task, execId));
  }

  @Override
  public Exit delete(Namespace namespace, String id) {
    Task task = require(namespace, id);
    bundles.beginDelete(task.bundle());
    try {
      return delete(task);
    } catch (RuntimeException e) {
      // Only then: what is gone may have been made again by somebody who is busy with it.
      bundles.end(task.bundle());
      throw e;
    }
  }

  private Exit delete(Task task) {
    try {
      Exit exit = task.call((r, name) -> r.delete(name, ""));
      bundles.remove(task.bundle());
      return exit;
    } catch (NotFoundException e) {
      return recovery.bury(task.runtime(), task.bundle(), true);
    }
  }

  @Override
  public Exit deleteProcess(Namespace namespace, String id, String execId) {
    if (execId.isEmpty()) {
      throw new InvalidArgumentException(
          "delete process of task %s: exec id is empty".formatted(id));
    }
    return require(namespace, id).call((r, task) -> r.delete(task, execId));
  }

  @Override
  public ProcessState get(Namespace namespace, String id, String execId) {
    return views.state(require(namespace, id), execId);
  }

  @Override
  public List<ProcessState> list(Namespace namespace) {
    return views.states(namespace);
  }

  @Override
  public void kill(Namespace namespace, String id, String execId, int signal, boolean all) {
    require(namespace, id).run((r, task) -> r.kill(task, execId, signal, all));
  }

  @Override
  public void exec(Namespace namespace, String id, String execId, ProcessIo io, TypedValue spec) {
    if (execId.isEmpty()) {
      throw new InvalidArgumentException("exec id cannot be empty");
    }
    Identifier.require("invalid exec id " + execId, execId);
    require(namespace, id).run((r, task) -> r.exec(task, execId, io, spec));
  }

  @Override
  public void resize(Namespace namespace, String id, String execId, int width, int height) {
    require(namespace, id).run((r, task) -> r.resize(task, execId, width, height));
  }

  @Override
  public void closeStdin(Namespace namespace, String id, String execId) {
    require(namespace, id).run((r, task) -> r.closeStdin(task, execId));
  }

  @Override
  public void pause(Namespace namespace, String id) {
    require(namespace, id).run(TaskRuntime::pause);
  }

  @Override
  public void resume(Namespace namespace, String id) {
    require(namespace, id).run(TaskRuntime::resume);
  }

  @Override
  public List<ProcessDetails> pids(Namespace namespace, String id) {
    return require(namespace, id).call(TaskRuntime::pids);
  }

  @Override
  public List<Descriptor> checkpoint(
      Caller caller, String id, @Nullable Descriptor parent, @Nullable TypedValue options) {
    Task task = require(caller.namespace(), id);
    return checkpoints.take(caller, task, container(caller.namespace(), id).spec(), options);
  }

  @Override
  public void update(
      Namespace namespace, String id, TypedValue resources, Map<String, String> annotations) {
    require(namespace, id).run((r, task) -> r.update(task, resources, annotations));
  }

  @Override
  public List<TaskMetric> metrics(Namespace namespace, Filter filter) {
    return views.metrics(namespace, filter);
  }

  @Override
  public Exit await(Namespace namespace, String id, String execId) throws InterruptedException {
    return new Waiting(require(namespace, id), Duration.ofSeconds(10)).await(execId);
  }

  @Override
  public void lost(Namespace namespace, String id) {
    bundles
        .find(namespace.name(), id)
        .ifPresent(
            bundle -> Thread.ofVirtual().name("task-lost-" + id).start(() -> recover(bundle)));
  }

  private void recover(Bundle bundle) {
    try {
      recovery.recover(require(bundle).runtime(), bundle);
    } catch (GantryException e) {
      LOG.warn("look after task {}: it stays as it is", bundle.id(), e);
    }
  }

  private Task require(Namespace namespace, String id) {
    Bundle bundle =
        bundles
            .find(namespace.name(), id)
            .orElseThrow(
                () -> {
                  container(namespace, id);
                  return new NotFoundException("task %s not found".formatted(id));
                });
    return require(bundle);
  }

  private Task require(Bundle bundle) {
    String name =
        bundles
            .runtime(bundle)
            .orElseThrow(() -> new NotFoundException("task %s not found".formatted(bundle.id())));
    return new Task(bundle, runtimes.of(bundle.id(), name));
  }

  private Container container(Namespace namespace, String id) {
    return metadata.call(m -> m.in(Caller.of(namespace)).containers().get(id));
  }
}
