// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginInventory;
import gantry.plugins.StopListener;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves every gRPC service that is there on the daemon's socket. */
@Component(name = GrpcServer.PLUGIN, immediate = true, service = StopListener.class)
@Plugin(value = GrpcServer.PLUGIN, plugin_requires = "io.containerd.grpc.v1")
public final class GrpcServer implements StopListener {
  static final String PLUGIN = "io.containerd.server.v1.grpc";

  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

  /**
   * The services of one bundle leave one after another, and each that has streams takes as long as
   * its drain; calls to the first must wait for the last.
   */
  private static final ServiceGate.Patience PATIENCE =
      new ServiceGate.Patience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));

  /** Configuration of the server. */
  public @interface Config {
    /** Path of the socket; empty for the daemon's. */
    String address() default "";

    /** Owner of the socket. */
    int uid() default 0;

    /** Group of the socket. */
    int gid() default 0;

    /** Bytes a message from a client may have; 0 for the default. */
    int max__recv__message__size() default 0;

    /** Bytes a message to a client may have; 0 for the default. */
    int max__send__message__size() default 0;
  }

  /**
   * Where and how to serve.
   *
   * @param address path of the socket
   * @param receiveMax bytes of a message from a client
   * @param sendMax bytes of a message to a client
   */
  record Settings(String address, int uid, int gid, int receiveMax, int sendMax) {
    /** What containerd and its clients agree on. */
    static final int MESSAGE_MAX = 16 << 20;

    static Settings of(Config config, String defaultAddress) {
      return new Settings(
          config.address().isEmpty() ? defaultAddress : config.address(),
          config.uid(),
          config.gid(),
          config.max__recv__message__size() > 0 ? config.max__recv__message__size() : MESSAGE_MAX,
          config.max__send__message__size() > 0 ? config.max__send__message__size() : MESSAGE_MAX);
    }
  }

  private final Settings settings;
  private final Absence absence = new Absence();
  private final ServiceRegistry registry;
  private final Map<BindableService, ServerServiceDefinition> services = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Opened> opened = new AtomicReference<>();

  /** Serves on the socket the configuration names, else on the daemon's. */
  @Activate
  public GrpcServer(Config config, @Reference PluginDirectories directories) {
    this(Settings.of(config, directories.address().toString()), PATIENCE);
  }

  GrpcServer(Settings settings, ServiceGate.Patience patience) {
    this.settings = settings;
    this.registry = new ServiceRegistry(patience, settings.sendMax(), absence);
  }

  /** Whoever calls a service that is not there wants to know why. */
  @Reference
  void setInventory(PluginInventory inventory) {
    absence.askFrom(inventory);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addService(BindableService service, Map<String, Object> properties) {
    ServerServiceDefinition definition = service.bindService();
    services.put(service, definition);
    registry.add(
        new Provider(
            definition, String.valueOf(properties.get(Handle.PLUGIN)), outliving(properties)));
  }

  private static Set<String> outliving(Map<String, Object> properties) {
    return switch (properties.get(OutlivingCalls.PROPERTY)) {
      case String[] methods -> Set.of(methods);
      case String method -> Set.of(method);
      case null, default -> Set.of();
    };
  }

  void removeService(BindableService service) {
    ServerServiceDefinition definition = services.remove(service);
    if (definition != null) {
      registry.remove(definition);
    }
  }

  /** Opens the socket. Services may still be coming: calls wait for them for a moment. */
  @Activate
  void listen() throws IOException {
    SocketFile file = SocketFile.prepare(settings.address());
    GrpcListener listener = GrpcListener.start(file.path(), registry, settings.receiveMax());
    try {
      file.open(settings.uid(), settings.gid());
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    opened.set(new Opened(file, listener));
    log.info("serving grpc on {}", file.path());
  }

  /** Clients go first: no service then waits for its calls to end. */
  @Override
  public void daemonStops() {
    close();
  }

  /** Closes the socket; clients see their connections end. Idempotent. */
  @Deactivate
  void close() {
    Opened was = opened.getAndSet(null);
    if (was == null) {
      return;
    }
    try {
      was.file().remove();
    } catch (IOException e) {
      log.warn("cannot remove socket {}", was.file().path(), e);
    }
    was.listener().close();
  }

  private record Opened(SocketFile file, GrpcListener listener) {}
}
