// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.services.introspection.v1.IntrospectionGrpc;
import containerd.services.introspection.v1.PluginInfoRequest;
import containerd.services.introspection.v1.PluginInfoResponse;
import containerd.services.introspection.v1.PluginsRequest;
import containerd.services.introspection.v1.PluginsResponse;
import containerd.services.introspection.v1.ServerResponse;
import containerd.types.RuntimeRequest;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.filters.Fields;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import gantry.runtime.RuntimeInspector;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.PluginWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The introspection service: what the daemon is made of. Callers need no namespace for it. */
@Component(name = IntrospectionService.PLUGIN, immediate = true)
@Plugin(IntrospectionService.PLUGIN)
public final class IntrospectionService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.introspection";

  private static final PluginUri TASKS = new PluginUri("io.containerd.runtime.v2", "task");
  private static final String RUNTIME_REQUEST = RuntimeRequest.getDescriptor().getFullName();

  private final Replies replies = new Replies();
  private final PluginInventory inventory;
  private final DaemonInfo daemon;
  private volatile @Nullable Handle<RuntimeInspector> runtimes;

  /** Tells of this daemon and its plugins. */
  @Activate
  public IntrospectionService(@Reference PluginInventory inventory, @Reference DaemonInfo daemon) {
    this.inventory = inventory;
    this.daemon = daemon;
  }

  /** Who asks runtimes about themselves; without it nobody can. */
  @Reference(
      service = Handle.class,
      target = "(contract=gantry.runtime.RuntimeInspector)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindRuntimes(Handle<RuntimeInspector> inspector) {
    runtimes = inspector;
  }

  void unbindRuntimes(Handle<RuntimeInspector> inspector) {
    if (inspector.equals(runtimes)) {
      runtimes = null;
    }
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
    PluginInfoResponse.Builder answer =
        PluginInfoResponse.newBuilder().setPlugin(PluginWire.encode(plugin));
    if (request.hasOptions()) {
      if (plugin.state() != PluginStatus.State.OK) {
        throw new FailedPreconditionException(
            "plugin %s: cannot get extra info, plugin not successfully loaded".formatted(uri));
      }
      answer.setExtra(AnyWire.encode(extra(uri, request.getOptions())));
    }
    return answer.build();
  }

  /** Of all plugins only the one that runs tasks can be asked: about its runtimes. */
  private TypedValue extra(PluginUri uri, Any question) {
    Handle<RuntimeInspector> inspector = runtimes;
    if (inspector == null
        || !uri.equals(TASKS)
        || !AnyWire.typeName(question.getTypeUrl()).equals(RUNTIME_REQUEST)) {
      throw new UnimplementedException(
          "plugin %s: plugin does not provide extra information".formatted(uri));
    }
    RuntimeRequest request;
    try {
      request = RuntimeRequest.parseFrom(question.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("plugin %s: malformed options".formatted(uri), e);
    }
    TypedValue options = request.hasOptions() ? AnyWire.decode(request.getOptions()) : null;
    return inspector.call(i -> i.inspect(request.getRuntimePath(), options));
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
