// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.containers.Container;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
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
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskRuntime;
import gantry.typed.TypedValue;
import java.io.IOException;
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

/**
 * The tasks whose bundles are below one directory. Which they are is on disk alone, so two versions
 * of it can serve side by side; in memory is only who is at work on what, and who is silent. When a
 * runtime appears, the tasks it had before a restart are looked after in the background; calls are
 * served meanwhile.
 */
@Component(
    name = BundledTasks.PLUGIN,
    service = {TaskManager.class, PluginFacts.class, Inspector.class},
    immediate = true)
@Plugin(
    value = BundledTasks.PLUGIN,
    plugin_requires = {"io.containerd.metadata.v1", "io.containerd.shim.v1"},
    plugin_platform = true)
public final class BundledTasks implements TaskManager, PluginFacts, Inspector, AutoCloseable {
  static final String PLUGIN = "io.containerd.runtime.v2.task";

  /** What a creation may take beyond the runtime's part: bundle, checkpoint, clean-up. */
  private static final Duration EXTRA = Duration.ofMinutes(2);

  private final Handle<Metadata> metadata;
  private final BundleStore bundles;
  private final Laggards laggards;
  private final Runtimes runtimes = new Runtimes();
  private final TaskViews views;
  private final Checkpoints checkpoints;
  private final Creation creation;
  private final Deletion deletion;
  private final TimeLimits limits;
  private final BundleInspection inspection;

  /** Takes the plugin's directories; recovery begins with the first runtime. */
  @Activate
  public BundledTasks(
      @Reference PluginDirectories directories,
      @Reference(service = Handle.class, target = "(contract=gantry.metadata.Metadata)")
          Handle<Metadata> metadata,
      @Reference EventBus events,
      @Reference TimeLimits limits) {
    this(
        new BundleLayout(directories.root(PLUGIN), directories.state(PLUGIN)),
        metadata,
        events,
        Era.current(),
        new Trees(Mounts::unmountRecursive),
        limits);
  }

  BundledTasks(
      BundleLayout layout,
      Handle<Metadata> metadata,
      EventBus events,
      Era era,
      Trees trees,
      TimeLimits limits) {
    Attempts attempts = new Attempts();
    Silence silence = new Silence();
    this.metadata = metadata;
    this.limits = limits;
    this.bundles = new BundleStore(layout, era, trees);
    Recovery recovery = new Recovery(bundles, events, era, attempts, silence, limits);
    this.laggards = new Laggards(bundles, recovery);
    this.views = new TaskViews(this::require, bundles, silence, limits);
    this.checkpoints = new Checkpoints(metadata, trees);
    this.creation =
        new Creation(
            attempts,
            bundles,
            recovery,
            laggards,
            checkpoints,
            limits,
            bundle -> require(bundle).runtime());
    this.inspection =
        new BundleInspection(
            layout, era, bundles, recovery, trees, bundle -> require(bundle).runtime());
    this.deletion = new Deletion(attempts, bundles, recovery, limits);
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
    runtimes.add(runtime, properties);
    laggards.arrived(runtime, bundle -> runtimes.has(runtime, bundles.runtime(bundle).orElse("")));
  }

  void unbindRuntime(Handle<TaskRuntime> runtime) {
    runtimes.remove(runtime);
    laggards.left(runtime);
  }

  /** What is under way goes on. */
  @Override
  @Deactivate
  public void close() {
    laggards.close();
  }

  @Override
  public Map<String, String> exports() {
    return Map.of("log-uri-schemes", "fifo,binary,binary-v2,file");
  }

  @Override
  public int create(Namespace namespace, CreateTask request) {
    return create(namespace, request, TaskLimit.CREATE.in(limits).plus(EXTRA));
  }

  @Override
  public int create(Namespace namespace, CreateTask request, Duration patience) {
    Container container = container(namespace, request.containerId());
    String name = request.runtime().isEmpty() ? container.runtime() : request.runtime();
    TaskOptions.requireSupported(name, request);
    return creation.run(
        runtimes.forNew(name), Creation.Wanted.of(namespace, request, name, container), patience);
  }

  @Override
  public int start(Namespace namespace, String id, String execId) {
    return require(namespace, id)
        .call(TaskLimit.START.in(limits), (r, task) -> r.start(task, execId));
  }

  @Override
  public Exit delete(Namespace namespace, String id) {
    return deletion.run(require(namespace, id));
  }

  @Override
  public Exit deleteProcess(Namespace namespace, String id, String execId) {
    if (execId.isEmpty()) {
      throw new InvalidArgumentException(
          "delete process of task %s: exec id is empty".formatted(id));
    }
    return require(namespace, id)
        .call(TaskLimit.DELETE.in(limits), (r, task) -> r.delete(task, execId));
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
    require(namespace, id)
        .run(TaskLimit.KILL.in(limits), (r, task) -> r.kill(task, execId, signal, all));
  }

  @Override
  public void exec(Namespace namespace, String id, String execId, ProcessIo io, TypedValue spec) {
    if (execId.isEmpty()) {
      throw new InvalidArgumentException("exec id cannot be empty");
    }
    Identifier.require("invalid exec id " + execId, execId);
    require(namespace, id)
        .run(TaskLimit.EXEC.in(limits), (r, task) -> r.exec(task, execId, io, spec));
  }

  @Override
  public void resize(Namespace namespace, String id, String execId, int width, int height) {
    require(namespace, id)
        .run(TaskLimit.QUERY.in(limits), (r, task) -> r.resize(task, execId, width, height));
  }

  @Override
  public void closeStdin(Namespace namespace, String id, String execId) {
    require(namespace, id).run(TaskLimit.QUERY.in(limits), (r, task) -> r.closeStdin(task, execId));
  }

  @Override
  public void pause(Namespace namespace, String id) {
    require(namespace, id).run(TaskLimit.UPDATE.in(limits), TaskRuntime::pause);
  }

  @Override
  public void resume(Namespace namespace, String id) {
    require(namespace, id).run(TaskLimit.UPDATE.in(limits), TaskRuntime::resume);
  }

  @Override
  public List<ProcessDetails> pids(Namespace namespace, String id) {
    return require(namespace, id).call(TaskLimit.QUERY.in(limits), TaskRuntime::pids);
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
    require(namespace, id)
        .run(TaskLimit.UPDATE.in(limits), (r, task) -> r.update(task, resources, annotations));
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
        .ifPresent(bundle -> laggards.recover(require(bundle).runtime(), bundle));
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
