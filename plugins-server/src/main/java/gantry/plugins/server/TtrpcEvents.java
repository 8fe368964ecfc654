// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import com.google.protobuf.Empty;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import gantry.events.EventBus;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import gantry.wire.EventWire;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in the events of shims, which must run as the daemon's own user. */
@Component(
    name = TtrpcEvents.PLUGIN,
    immediate = true,
    service = {})
@Plugin(value = TtrpcEvents.PLUGIN, plugin_requires = "io.containerd.event.v1")
public final class TtrpcEvents {
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

  private final EventBus events;
  private final String address;
  private final int uid;
  private final int gid;
  private @Nullable TtrpcServer server;

  /** Serves on the socket the configuration names, else on the daemon's. */
  @Activate
  public TtrpcEvents(
      Config config, @Reference PluginDirectories directories, @Reference EventBus events) {
    this(
        config.address().isEmpty() ? directories.address() + ".ttrpc" : config.address(),
        config.uid(),
        config.gid(),
        events);
  }

  TtrpcEvents(String address, int uid, int gid, EventBus events) {
    this.address = address;
    this.uid = uid;
    this.gid = gid;
    this.events = events;
  }

  /** Opens the socket. */
  @Activate
  void open() throws IOException {
    SocketFile file = SocketFile.prepare(address);
    TtrpcServices services =
        new TtrpcServices()
            .add(
                "containerd.services.events.ttrpc.v1.Events",
                List.of(
                    new TtrpcMethod<>(
                        "Forward", ForwardRequest.parser(), (request, call) -> forward(request))));
    TtrpcServer opened = TtrpcServer.start(file.path(), services);
    try {
      file.open(uid, gid);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
    server = opened;
    log.info("serving ttrpc on {}", file.path());
  }

  private Empty forward(ForwardRequest request) {
    events.forward(EventWire.decode(request.getEnvelope()));
    return Empty.getDefaultInstance();
  }

  /** Closes the socket; shims keep their events and connect again. */
  @Deactivate
  void close() throws IOException {
    TtrpcServer opened = server;
    server = null;
    if (opened != null) {
      opened.close();
    }
  }
}
