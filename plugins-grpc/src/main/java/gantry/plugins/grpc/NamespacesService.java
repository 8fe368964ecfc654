// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.namespaces.v1.CreateNamespaceRequest;
import containerd.services.namespaces.v1.CreateNamespaceResponse;
import containerd.services.namespaces.v1.DeleteNamespaceRequest;
import containerd.services.namespaces.v1.GetNamespaceRequest;
import containerd.services.namespaces.v1.GetNamespaceResponse;
import containerd.services.namespaces.v1.ListNamespacesRequest;
import containerd.services.namespaces.v1.ListNamespacesResponse;
import containerd.services.namespaces.v1.NamespacesGrpc;
import containerd.services.namespaces.v1.UpdateNamespaceRequest;
import containerd.services.namespaces.v1.UpdateNamespaceResponse;
import gantry.filters.Filter;
import gantry.metadata.Metadata;
import gantry.namespaces.NamespaceInfo;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.wire.FieldMaskWire;
import gantry.wire.NamespaceWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The namespaces service. Callers need no namespace for it, and no client's filter is heeded. */
@Component(name = NamespacesService.PLUGIN, immediate = true)
@Plugin(value = NamespacesService.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class NamespacesService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.namespaces";

  private final Replies replies = new Replies();
  private final Handle<Metadata> metadata;

  /** Serves the namespaces of the metadata plugin. */
  @Activate
  public NamespacesService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(NamespacesGrpc.getServiceDescriptor())
        .addMethod(NamespacesGrpc.getGetMethod(), replies.unary(this::get))
        .addMethod(NamespacesGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(NamespacesGrpc.getCreateMethod(), replies.unary(this::create))
        .addMethod(NamespacesGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(NamespacesGrpc.getDeleteMethod(), replies.unary(this::delete))
        .build();
  }

  private GetNamespaceResponse get(CallHeaders headers, GetNamespaceRequest request) {
    String name = request.getName();
    NamespaceInfo found = metadata.call(m -> new NamespaceInfo(name, m.namespaces().labels(name)));
    return GetNamespaceResponse.newBuilder().setNamespace(NamespaceWire.encode(found)).build();
  }

  private ListNamespacesResponse list(CallHeaders headers, ListNamespacesRequest request) {
    List<NamespaceInfo> found = metadata.call(m -> m.namespaces().list(Filter.ALL));
    return ListNamespacesResponse.newBuilder()
        .addAllNamespaces(found.stream().map(NamespaceWire::encode).toList())
        .build();
  }

  private CreateNamespaceResponse create(CallHeaders headers, CreateNamespaceRequest request) {
    NamespaceInfo wanted = NamespaceWire.decode(request.getNamespace());
    NamespaceInfo made = metadata.call(m -> m.namespaces().create(wanted));
    return CreateNamespaceResponse.newBuilder().setNamespace(NamespaceWire.encode(made)).build();
  }

  private UpdateNamespaceResponse update(CallHeaders headers, UpdateNamespaceRequest request) {
    NamespaceInfo wanted = NamespaceWire.decode(request.getNamespace());
    NamespaceInfo updated =
        metadata.call(
            m -> m.namespaces().update(wanted, FieldMaskWire.decode(request.getUpdateMask())));
    return UpdateNamespaceResponse.newBuilder().setNamespace(NamespaceWire.encode(updated)).build();
  }

  private Empty delete(CallHeaders headers, DeleteNamespaceRequest request) {
    metadata.run(m -> m.namespaces().delete(request.getName()));
    return Empty.getDefaultInstance();
  }
}
