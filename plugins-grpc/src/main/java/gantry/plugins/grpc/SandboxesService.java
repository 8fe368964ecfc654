// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import containerd.services.sandbox.v1.StoreCreateRequest;
import containerd.services.sandbox.v1.StoreCreateResponse;
import containerd.services.sandbox.v1.StoreDeleteRequest;
import containerd.services.sandbox.v1.StoreDeleteResponse;
import containerd.services.sandbox.v1.StoreGetRequest;
import containerd.services.sandbox.v1.StoreGetResponse;
import containerd.services.sandbox.v1.StoreGrpc;
import containerd.services.sandbox.v1.StoreListRequest;
import containerd.services.sandbox.v1.StoreListResponse;
import containerd.services.sandbox.v1.StoreUpdateRequest;
import containerd.services.sandbox.v1.StoreUpdateResponse;
import gantry.filters.FieldPaths;
import gantry.filters.FilterParser;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.Sandboxes;
import gantry.wire.SandboxWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The service of sandbox records. */
@Component(name = SandboxesService.PLUGIN, immediate = true)
@Plugin(value = SandboxesService.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class SandboxesService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.sandboxes";

  private final Replies replies = new Replies();
  private final Handle<Metadata> metadata;

  /** Serves the records of the metadata plugin. */
  @Activate
  public SandboxesService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(StoreGrpc.getServiceDescriptor())
        .addMethod(StoreGrpc.getCreateMethod(), replies.unary(this::create))
        .addMethod(StoreGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(StoreGrpc.getDeleteMethod(), replies.unary(this::delete))
        .addMethod(StoreGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(StoreGrpc.getGetMethod(), replies.unary(this::get))
        .build();
  }

  private StoreCreateResponse create(CallHeaders headers, StoreCreateRequest request) {
    Sandbox wanted = SandboxWire.decode(request.getSandbox());
    Sandbox made = call(headers, sandboxes -> sandboxes.create(wanted));
    return StoreCreateResponse.newBuilder().setSandbox(SandboxWire.encode(made)).build();
  }

  private StoreUpdateResponse update(CallHeaders headers, StoreUpdateRequest request) {
    Sandbox wanted = SandboxWire.decode(request.getSandbox());
    FieldPaths paths = new FieldPaths(request.getFieldsList());
    Sandbox updated = call(headers, sandboxes -> sandboxes.update(wanted, paths));
    return StoreUpdateResponse.newBuilder().setSandbox(SandboxWire.encode(updated)).build();
  }

  private StoreDeleteResponse delete(CallHeaders headers, StoreDeleteRequest request) {
    var caller = headers.caller();
    metadata.run(m -> m.in(caller).sandboxes().delete(request.getSandboxId()));
    return StoreDeleteResponse.getDefaultInstance();
  }

  private StoreListResponse list(CallHeaders headers, StoreListRequest request) {
    var filter = FilterParser.parse(request.getFiltersList());
    var caller = headers.caller();
    StoreListResponse.Builder response = StoreListResponse.newBuilder();
    metadata
        .call(m -> m.in(caller).sandboxes().list(filter))
        .forEach(sandbox -> response.addList(SandboxWire.encode(sandbox)));
    return response.build();
  }

  private StoreGetResponse get(CallHeaders headers, StoreGetRequest request) {
    Sandbox sandbox = call(headers, sandboxes -> sandboxes.get(request.getSandboxId()));
    return StoreGetResponse.newBuilder().setSandbox(SandboxWire.encode(sandbox)).build();
  }

  private Sandbox call(
      CallHeaders headers, Handle.Call<Sandboxes, Sandbox, RuntimeException> call) {
    var caller = headers.caller();
    return metadata.call(m -> call.on(m.in(caller).sandboxes()));
  }
}
