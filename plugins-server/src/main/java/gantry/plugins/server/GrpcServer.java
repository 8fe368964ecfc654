// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.metrics.CallCounters;
import gantry.plugins.Admitted;
import gantry.plugins.ListeningSocket;
import gantry.plugins.ListeningSockets;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginMemory;
import gantry.plugins.StopListener;
import gantry.plugins.Takeover;
import io.grpc.BindableService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves every gRPC service that is there on the daemon's socket. */
@Component(
    name = GrpcServer.PLUGIN,
    immediate = true,
    service = {StopListener.class, Takeover.class, CallCounters.class})
@Plugin(value = GrpcServer.PLUGIN, plugin_requires = "io.containerd.grpc.v1")
public final class GrpcServer implements StopListener, Takeover, CallCounters {
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
  private final ServiceGate.Patience patience;
  private final ListeningSockets sockets;
  private final @Nullable BundleContext framework;
  private final Absence absence = new Absence();
  private final Services services;
  private final CallTally tally;
  private final AtomicReference<@Nullable GrpcListener> serving = new AtomicReference<>();
  private volatile @Nullable ListeningSocket socket;
  private volatile boolean gaveWay;

  /** Serves on the socket the configuration names, else on the daemon's. */
  @Activate
  public GrpcServer(
      Config config,
      @Reference PluginDirectories directories,
      @Reference ListeningSockets sockets,
      @Reference PluginMemory memory,
      BundleContext context) {
    this(
        Settings.of(config, directories.address().toString()),
        PATIENCE,
        sockets,
        new CallTally(memory.keep(PLUGIN, "calls by method, 1", ConcurrentHashMap::new)),
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext());
  }

  /**
   * As above.
   *
   * @param framework context of the framework; null without one
   */
  GrpcServer(
      Settings settings,
      ServiceGate.Patience patience,
      ListeningSockets sockets,
      CallTally tally,
      @Nullable BundleContext framework) {
    this.settings = settings;
    this.patience = patience;
    this.sockets = sockets;
    this.tally = tally;
    this.framework = framework;
    this.services = new Services(new ServiceRegistry(patience, settings.sendMax(), absence));
  }

  /** Whoever calls a service that is not there wants to know why. */
  @Reference
  void setInventory(PluginInventory inventory) {
    absence.askFrom(inventory);
  }

  @Reference(
      target = Services.TARGET,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void addService(Admitted<BindableService> service, Map<String, Object> properties) {
    services.add(service.provider(), properties);
  }

  /** After this version gave way it hears of services by itself: they go on with its streams. */
  void removeService(Admitted<BindableService> service) {
    if (!gaveWay || framework == null) {
      services.remove(service.provider());
    }
  }

  /** Opens the socket and makes everything ready. */
  @Activate
  void listen() throws IOException {
    ListeningSocket opened = sockets.open(settings.address(), settings.uid(), settings.gid());
    try {
      serving.set(start(opened));
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
    socket = opened;
  }

  private GrpcListener start(ListeningSocket opened) throws IOException {
    return GrpcListener.start(opened.channel(), services.registry(), settings.receiveMax(), tally);
  }

  @Override
  public List<CallCount> calls() {
    return tally.counts();
  }

  /** Begins to accept. Services may still be coming: calls wait for them for a moment. */
  @Override
  public void takeOver() {
    ListeningSocket opened = socket;
    if (opened == null) {
      return;
    }
    try {
      GrpcListener listener = serving.get();
      if (listener == null) {
        listener = start(opened);
        serving.set(listener);
      }
      listener.accept();
      log.info("serving grpc on {}", opened.path());
    } catch (IOException e) {
      throw new UncheckedIOException("serve grpc on " + opened.path(), e);
    }
  }

  /**
   * Sends clients to whoever accepts now. Streams and waits stay, at most for {@link
   * RetiredListener#BOUND}, and the services they are in are looked after as before.
   */
  @Override
  public void giveWay() {
    GrpcListener listener = serving.getAndSet(null);
    if (listener == null) {
      return;
    }
    BundleContext context = framework;
    if (context != null) {
      new RetiredListener(listener, services, context).begin();
    }
    gaveWay = true;
    listener.retire();
    if (!services.registry().drain(patience.drain())) {
      log.info("calls go on in a version of {} that has given way", PLUGIN);
    }
    if (context == null) {
      listener.close();
    }
  }

  /** Clients go first: no service then waits for its calls to end. */
  @Override
  public void daemonStops() {
    close();
  }

  /** Lets go of the socket; clients that are still here see their connections end. Idempotent. */
  @Deactivate
  void close() {
    ListeningSocket opened = socket;
    socket = null;
    if (opened != null) {
      opened.close();
    }
    GrpcListener listener = serving.getAndSet(null);
    if (listener != null) {
      listener.close();
    }
  }
}
