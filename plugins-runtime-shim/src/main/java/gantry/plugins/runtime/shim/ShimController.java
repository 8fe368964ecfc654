// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.runtime.sandbox.v1.CreateSandboxResponse;
import containerd.runtime.sandbox.v1.PlatformRequest;
import containerd.runtime.sandbox.v1.PlatformResponse;
import containerd.runtime.sandbox.v1.SandboxMetricsRequest;
import containerd.runtime.sandbox.v1.SandboxMetricsResponse;
import containerd.runtime.sandbox.v1.SandboxStatusRequest;
import containerd.runtime.sandbox.v1.SandboxStatusResponse;
import containerd.runtime.sandbox.v1.ShutdownSandboxRequest;
import containerd.runtime.sandbox.v1.ShutdownSandboxResponse;
import containerd.runtime.sandbox.v1.StartSandboxRequest;
import containerd.runtime.sandbox.v1.StartSandboxResponse;
import containerd.runtime.sandbox.v1.StopSandboxRequest;
import containerd.runtime.sandbox.v1.StopSandboxResponse;
import containerd.runtime.sandbox.v1.WaitSandboxRequest;
import containerd.runtime.sandbox.v1.WaitSandboxResponse;
import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.names.Identifier;
import gantry.names.Namespace;
import gantry.oci.Platform;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginMemory;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.SandboxController;
import gantry.sandboxes.SandboxCreation;
import gantry.sandboxes.SandboxEndpoint;
import gantry.sandboxes.SandboxExit;
import gantry.sandboxes.SandboxStart;
import gantry.sandboxes.SandboxStatus;
import gantry.wire.SandboxShimWire;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sandboxes held by shims: each has a shim of its own that serves the sandbox API beside that of
 * tasks. A shim outlives this plugin and the daemon; all that is known of it is in its bundle.
 */
@Component(
    name = ShimController.PLUGIN,
    configurationPid = {ShimRuntime.PLUGIN, ShimController.PLUGIN},
    service = SandboxController.class,
    immediate = true,
    property = SandboxController.NAME_PROPERTY + "=" + ShimController.NAME)
@Plugin(
    value = ShimController.PLUGIN,
    plugin_requires = {"io.containerd.shim.v1", "io.containerd.event.v1"})
public final class ShimController implements SandboxController, AutoCloseable {
  static final String PLUGIN = "io.containerd.sandbox.controller.v1.shim";
  static final String NAME = "shim";

  private static final Logger LOG = LoggerFactory.getLogger(ShimController.class);

  private final Programs programs;
  private final SandboxBundles bundles;
  private final TimeLimits limits;
  private final ShimLinks links;
  private final Shims shims;
  private final ShimStart starts;

  /** Sandboxes being made or removed, by whichever version of this plugin, until when. */
  private final Map<TaskName, CompletableFuture<Boolean>> busy;

  /** Takes the plugin's directories. */
  @Activate
  public ShimController(
      @Reference PluginDirectories directories,
      @Reference DaemonInfo daemon,
      @Reference TimeLimits limits,
      @Reference PluginMemory memory,
      ShimRuntime.Config config) {
    this(
        new ShimSettings(
            directories.address(),
            ShimRuntime.program(directories),
            Path.of(config.socket__dir()),
            List.of(config.env()),
            daemon.version()),
        new Programs(
            Optional.ofNullable(System.getenv("PATH")).orElse(""),
            ShimRuntime.program(directories).resolveSibling(".").normalize()),
        new SandboxBundles(directories.state(PLUGIN), directories.root(PLUGIN)),
        limits,
        memory);
  }

  ShimController(
      ShimSettings settings,
      Programs programs,
      SandboxBundles bundles,
      TimeLimits limits,
      PluginMemory memory) {
    this.programs = programs;
    this.bundles = bundles;
    this.limits = limits;
    this.busy =
        memory.<Map<TaskName, CompletableFuture<Boolean>>>keep(
            PLUGIN, "busy", ConcurrentHashMap::new);
    this.links = new ShimLinks(bundles.links());
    ShimLogs logs = new ShimLogs();
    this.shims = new Shims(links, logs, limits, this::lost);
    this.starts = new ShimStart(settings, new ShimProgram(settings, limits), links, logs, shims);
    for (TaskName sandbox : links.list()) {
      Thread.ofVirtual().name("sandbox-load-" + sandbox.id()).start(() -> load(sandbox));
    }
  }

  /** Connects to a shim that runs, so that its end is seen; cleans up after one that does not. */
  private void load(TaskName sandbox) {
    try {
      shims.of(sandbox);
    } catch (NotFoundException e) {
      lost(sandbox);
    } catch (GantryException e) {
      LOG.warn("load sandbox {} of namespace {}", sandbox.id(), sandbox.namespace(), e);
    }
  }

  private void lost(TaskName sandbox) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    if (shims.isClosed() || busy.putIfAbsent(sandbox, mine) != null) {
      return;
    }
    try {
      LOG.info("sandbox {} of namespace {} has lost its shim", sandbox.id(), sandbox.namespace());
      remove(bundles.bundle(sandbox));
    } catch (GantryException e) {
      LOG.warn("clean up after sandbox {}", sandbox.id(), e);
    } finally {
      busy.remove(sandbox);
      mine.complete(true);
    }
  }

  /** Makes or removes a sandbox while nobody else does. */
  private void alone(TaskName sandbox, Runnable work) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = busy.putIfAbsent(sandbox, mine);
    while (other != null) {
      awaitEnd(sandbox, other);
      other = busy.putIfAbsent(sandbox, mine);
    }
    try {
      work.run();
    } finally {
      busy.remove(sandbox);
      mine.complete(true);
      // Its shim may have died meanwhile, and nobody was told.
      if (!shims.isClosed() && links.find(sandbox).isPresent()) {
        load(sandbox);
      }
    }
  }

  private void awaitEnd(TaskName sandbox, CompletableFuture<Boolean> other) {
    try {
      other.get(TaskLimit.CLEANUP.in(limits).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new FailedPreconditionException(
          "sandbox %s is being made or removed: try again later".formatted(sandbox.id()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("wait for sandbox %s: interrupted".formatted(sandbox.id()), e);
    }
  }

  private void remove(Bundle bundle) {
    starts.end(bundle);
    bundles.delete(bundle);
  }

  @Override
  public void create(Namespace namespace, Sandbox sandbox, SandboxCreation creation) {
    Identifier.require("create sandbox: id", sandbox.id());
    TaskName name = name(namespace, sandbox.id());
    Path program = programs.find(sandbox.runtime());
    if (links.find(name).isPresent()) {
      load(name);
    }
    alone(name, () -> create(name, program, sandbox, creation));
  }

  private void create(TaskName name, Path program, Sandbox sandbox, SandboxCreation creation) {
    if (links.find(name).isPresent()) {
      throw new AlreadyExistsException("sandbox %s already running".formatted(name.id()));
    }
    // A bundle that was never noted is what a crash has left.
    bundles.delete(bundles.bundle(name));
    Bundle bundle = bundles.create(name, sandbox.spec());
    try {
      Shim shim = starts.start(program, bundle, sandbox.runtimeOptions());
      order(
          shim,
          name,
          "CreateSandbox",
          SandboxShimWire.create(name.id(), bundle.state(), creation),
          CreateSandboxResponse.parser(),
          TaskLimit.CREATE.in(limits));
    } catch (RuntimeException e) {
      abandon(bundle, e);
      throw e;
    }
  }

  @Override
  public SandboxStart start(Namespace namespace, String id) {
    TaskName name = name(namespace, id);
    Shim shim = shim(name);
    try {
      StartSandboxResponse started =
          order(
              shim,
              name,
              "StartSandbox",
              StartSandboxRequest.newBuilder().setSandboxId(id).build(),
              StartSandboxResponse.parser(),
              TaskLimit.START.in(limits));
      return SandboxShimWire.start(started, endpoint(shim));
    } catch (RuntimeException e) {
      abandonStarted(name, shim, e);
      throw e;
    }
  }

  private void abandonStarted(TaskName name, Shim shim, RuntimeException failure) {
    try {
      alone(
          name,
          () -> {
            try {
              shutDown(shim, name);
            } catch (GantryException e) {
              failure.addSuppressed(e);
            }
            remove(bundles.bundle(name));
          });
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void abandon(Bundle bundle, RuntimeException failure) {
    try {
      remove(bundle);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void shutDown(Shim shim, TaskName name) {
    ShutdownSandboxRequest request =
        ShutdownSandboxRequest.newBuilder().setSandboxId(name.id()).build();
    try {
      order(
          shim,
          name,
          "ShutdownSandbox",
          request,
          ShutdownSandboxResponse.parser(),
          TaskLimit.DELETE.in(limits));
    } catch (UnavailableException e) {
      if (shim.isOpen()) {
        throw e;
      }
      LOG.debug("shim of sandbox {} ended before it answered", name.id(), e);
    }
  }

  @Override
  public Platform platform(Namespace namespace, String id) {
    return SandboxShimWire.platform(
        ask(
            name(namespace, id),
            "Platform",
            PlatformRequest.newBuilder().setSandboxId(id).build(),
            PlatformResponse.parser(),
            TaskLimit.QUERY));
  }

  @Override
  public void stop(Namespace namespace, String id, Duration patience) {
    TaskName name = name(namespace, id);
    StopSandboxRequest request =
        StopSandboxRequest.newBuilder()
            .setSandboxId(id)
            .setTimeoutSecs((int) patience.toSeconds())
            .build();
    try {
      order(
          shim(name),
          name,
          "StopSandbox",
          request,
          StopSandboxResponse.parser(),
          TaskLimit.DELETE.in(limits).plus(patience));
    } catch (NotFoundException stopped) {
      LOG.debug("sandbox {} is stopped already", id);
    }
  }

  @Override
  public SandboxExit await(Namespace namespace, String id) throws InterruptedException {
    TaskName name = name(namespace, id);
    WaitSandboxRequest request = WaitSandboxRequest.newBuilder().setSandboxId(id).build();
    while (true) {
      Shim shim = shim(name);
      try {
        return SandboxShimWire.exit(
            shim.awaitSandbox(
                name.namespace(), "WaitSandbox", request, WaitSandboxResponse.parser()));
      } catch (UnavailableException e) {
        if (shims.isClosed() || shim.isOpen()) {
          throw e;
        }
      }
    }
  }

  @Override
  public SandboxStatus status(Namespace namespace, String id, boolean isVerbose) {
    TaskName name = name(namespace, id);
    SandboxStatusRequest request =
        SandboxStatusRequest.newBuilder().setSandboxId(id).setVerbose(isVerbose).build();
    Shim shim;
    try {
      shim = shim(name);
    } catch (NotFoundException e) {
      return new SandboxStatus(
          id, 0, "", Map.of(), null, Instant.now(), null, SandboxEndpoint.NONE);
    }
    SandboxStatusResponse status =
        shim.askSandbox(
            name.namespace(),
            "SandboxStatus",
            request,
            SandboxStatusResponse.parser(),
            TaskLimit.STATE);
    return SandboxShimWire.status(status, endpoint(shim));
  }

  @Override
  public void shutdown(Namespace namespace, String id) {
    TaskName name = name(namespace, id);
    alone(
        name,
        () -> {
          shutDown(shim(name), name);
          remove(bundles.bundle(name));
        });
  }

  @Override
  public TaskMetric metrics(Namespace namespace, String id) {
    return SandboxShimWire.metric(
        ask(
            name(namespace, id),
            "SandboxMetrics",
            SandboxMetricsRequest.newBuilder().setSandboxId(id).build(),
            SandboxMetricsResponse.parser(),
            TaskLimit.STATS));
  }

  /** A shim is not told of the record. */
  @Override
  public void update(Namespace namespace, Sandbox sandbox, List<String> fields) {}

  private Shim shim(TaskName name) {
    try {
      return shims.of(name);
    } catch (NotFoundException e) {
      throw new NotFoundException("sandbox %s not found".formatted(name.id()), e);
    }
  }

  private <R extends MessageLite> R ask(
      TaskName name, String method, MessageLite request, Parser<R> answer, TaskLimit limit) {
    return shim(name).askSandbox(name.namespace(), method, request, answer, limit);
  }

  private static <R extends MessageLite> R order(
      Shim shim,
      TaskName name,
      String method,
      MessageLite request,
      Parser<R> answer,
      Duration limit) {
    return shim.orderSandbox(name.namespace(), method, request, answer, limit);
  }

  private static SandboxEndpoint endpoint(Shim shim) {
    Bootstrap bootstrap = shim.bootstrap();
    return new SandboxEndpoint(address(bootstrap), bootstrap.version());
  }

  /** As clients want it: with the protocol before the scheme. */
  private static String address(Bootstrap bootstrap) {
    return bootstrap.address().contains("://")
        ? bootstrap.protocol() + "+" + bootstrap.address()
        : bootstrap.address();
  }

  private static TaskName name(Namespace namespace, String id) {
    return new TaskName(namespace.name(), id);
  }

  /** Lets go of all shims, which stay. */
  @Override
  @Deactivate
  public void close() {
    shims.close();
  }
}
