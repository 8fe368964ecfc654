// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.introspection.v1.IntrospectionGrpc;
import containerd.services.introspection.v1.PluginInfoRequest;
import containerd.services.introspection.v1.PluginInfoResponse;
import containerd.services.introspection.v1.PluginsRequest;
import containerd.services.introspection.v1.PluginsResponse;
import containerd.services.introspection.v1.ServerResponse;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.filters.Fields;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Plugin;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import gantry.wire.PluginWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The introspection service: what the daemon is made of. Callers need no namespace for it. */
@Component(name = IntrospectionService.PLUGIN, immediate = true)
@Plugin(IntrospectionService.PLUGIN)
public final class IntrospectionService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.introspection";

  private final Replies replies = new Replies();
  private final PluginInventory inventory;
  private final DaemonInfo daemon;

  /** Tells of this daemon and its plugins. */
  @Activate
  public IntrospectionService(@Reference PluginInventory inventory, @Reference DaemonInfo daemon) {
    this.inventory = inventory;
    this.daemon = daemon;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(IntrospectionGrpc.getServiceDescriptor())
        .addMethod(IntrospectionGrpc.getPluginsMethod(), replies.unary(this::plugins))
        .addMethod(IntrospectionGrpc.getServerMethod(), replies.unary(this::server))
        .addMethod(IntrospectionGrpc.getPluginInfoMethod(), replies.unary(this::pluginInfo))
        .build();
  }

  private PluginsResponse plugins(CallHeaders headers, PluginsRequest request) {
    Filter filter = FilterParser.parse(request.getFiltersList());
    return PluginsResponse.newBuilder()
        .addAllPlugins(
            inventory.plugins().stream()
                .filter(plugin -> filter.matches(fields(plugin.uri())))
                .map(PluginWire::encode)
                .toList())
        .build();
  }

  private ServerResponse server(CallHeaders headers, Empty request) throws IOException {
    return ServerResponse.newBuilder()
        .setUuid(daemon.uuid())
        .setPid(daemon.pid())
        .setPidns(pidNamespace())
        .build();
  }

  private PluginInfoResponse pluginInfo(CallHeaders headers, PluginInfoRequest request) {
    PluginUri uri = new PluginUri(request.getType(), request.getId());
    PluginStatus plugin =
        inventory.plugins().stream()
            .filter(candidate -> candidate.uri().equals(uri))
            .findFirst()
            .orElseThrow(() -> new NotFoundException("plugin %s not found".formatted(uri)));
    if (request.hasOptions()) {
      if (plugin.state() != PluginStatus.State.OK) {
        throw new FailedPreconditionException(
            "plugin %s: cannot get extra info, plugin not successfully loaded".formatted(uri));
      }
      throw new UnimplementedException(
          "plugin %s: plugin does not provide extra information".formatted(uri));
    }
    return PluginInfoResponse.newBuilder().setPlugin(PluginWire.encode(plugin)).build();
  }

  private static Fields fields(PluginUri uri) {
    return path ->
        switch (path.getFirst()) {
          case "type" -> Optional.of(uri.type());
          case "id" -> Optional.of(uri.id());
          default -> Optional.empty();
        };
  }

  /** The link reads {@code pid:[<inode>]}, see namespaces(7). */
  private static long pidNamespace() throws IOException {
    String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    return Long.parseUnsignedLong(link.substring("pid:[".length(), link.length() - 1));
  }
}
