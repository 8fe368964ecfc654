// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import com.google.protobuf.Empty;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import containerd.types.Envelope;
import gantry.errors.GantryException;
import gantry.events.EventBus;
import gantry.plugins.ListeningSocket;
import gantry.plugins.ListeningSockets;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.Takeover;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import gantry.wire.EventWire;
import io.gantry.admin.v1.ForwardAllRequest;
import io.gantry.admin.v1.ForwardAllResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in the events of shims, which must run as the daemon's own user. */
@Component(name = TtrpcEvents.PLUGIN, immediate = true, service = Takeover.class)
@Plugin(value = TtrpcEvents.PLUGIN, plugin_requires = "io.containerd.event.v1")
public final class TtrpcEvents implements Takeover {
  static final String PLUGIN = "io.containerd.server.v1.ttrpc";

  private static final Logger log = LoggerFactory.getLogger(TtrpcEvents.class);

  /** Configuration of the socket. */
  public @interface Config {
    /** Path of the socket; empty for that of gRPC with {@code .ttrpc} added. */
    String address() default "";

    /** Owner of the socket. */
    int uid() default 0;

    /** Group of the socket. */
    int gid() default 0;
  }

  private static final Duration LAST = Duration.ofSeconds(5);

  private final EventBus events;
  private final ListeningSockets sockets;
  private final String address;
  private final int uid;
  private final int gid;
  private volatile @Nullable ListeningSocket socket;
  private final AtomicReference<@Nullable TtrpcServer> serving = new AtomicReference<>();

  /** Serves on the socket the configuration names, else on the daemon's. */
  @Activate
  public TtrpcEvents(
      Config config,
      @Reference PluginDirectories directories,
      @Reference ListeningSockets sockets,
      @Reference EventBus events) {
    this(
        config.address().isEmpty() ? directories.address() + ".ttrpc" : config.address(),
        config.uid(),
        config.gid(),
        sockets,
        events);
  }

  TtrpcEvents(String address, int uid, int gid, ListeningSockets sockets, EventBus events) {
    this.sockets = sockets;
    this.address = address;
    this.uid = uid;
    this.gid = gid;
    this.events = events;
  }

  /** Opens the socket; accepts nothing yet. */
  @Activate
  void open() throws IOException {
    socket = sockets.open(address, uid, gid);
  }

  @Override
  public void takeOver() {
    ListeningSocket opened = socket;
    if (opened == null) {
      return;
    }
    TtrpcServices services =
        new TtrpcServices()
            .add(
                "containerd.services.events.ttrpc.v1.Events",
                List.of(
                    new TtrpcMethod<>(
                        "Forward", ForwardRequest.parser(), (request, call) -> forward(request))))
            .add(
                "gantry.admin.v1.Events",
                List.of(
                    new TtrpcMethod<>(
                        "ForwardAll",
                        ForwardAllRequest.parser(),
                        (request, call) -> forward(request))));
    try {
      serving.set(TtrpcServer.serve(opened.path(), opened.channel(), services));
    } catch (IOException e) {
      throw new UncheckedIOException("serve ttrpc on " + opened.path(), e);
    }
    log.info("serving ttrpc on {}", opened.path());
  }

  /** Events that have arrived are taken in; shims send the others to whoever accepts now. */
  @Override
  public void giveWay() {
    TtrpcServer server = serving.getAndSet(null);
    if (server == null) {
      return;
    }
    try (server) {
      if (!server.finish(LAST)) {
        log.warn("a shim's event was not taken in within {}", LAST);
      }
    } catch (IOException e) {
      log.debug("ttrpc server did not close", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Empty forward(ForwardRequest request) {
    events.forward(EventWire.decode(request.getEnvelope()));
    return Empty.getDefaultInstance();
  }

  private ForwardAllResponse forward(ForwardAllRequest request) {
    int taken = 0;
    try {
      for (Envelope envelope : request.getEnvelopesList()) {
        events.forward(EventWire.decode(envelope));
        taken++;
      }
    } catch (GantryException e) {
      log.debug("event {} refused", request.getEnvelopes(taken).getTopic(), e);
    }
    return ForwardAllResponse.newBuilder().setTaken(taken).build();
  }

  /** Lets go of the socket; shims keep their events and connect again. */
  @Deactivate
  void close() {
    ListeningSocket opened = socket;
    socket = null;
    if (opened != null) {
      opened.close();
    }
    giveWay();
  }
}
