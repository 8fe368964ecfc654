// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.leases.v1.AddResourceRequest;
import containerd.services.leases.v1.CreateRequest;
import containerd.services.leases.v1.CreateResponse;
import containerd.services.leases.v1.DeleteRequest;
import containerd.services.leases.v1.DeleteResourceRequest;
import containerd.services.leases.v1.LeasesGrpc;
import containerd.services.leases.v1.ListRequest;
import containerd.services.leases.v1.ListResourcesRequest;
import containerd.services.leases.v1.ListResourcesResponse;
import containerd.services.leases.v1.ListResponse;
import gantry.filters.FilterParser;
import gantry.gc.GarbageCollector;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;
import gantry.leases.Leases;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.wire.LeaseWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The leases service of the caller's namespace. */
@Component(name = LeasesService.PLUGIN, immediate = true)
@Plugin(
    value = LeasesService.PLUGIN,
    plugin_requires = {"io.containerd.metadata.v1", "io.containerd.gc.v1"})
public final class LeasesService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.leases";

  private final Replies replies = new Replies();
  private final Handle<Metadata> metadata;
  private final Collections collections;

  /** Serves the leases of the metadata plugin. */
  @Activate
  public LeasesService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata,
      @Reference(target = "(contract=gantry.gc.GarbageCollector)")
          Handle<GarbageCollector> collector) {
    this.metadata = metadata;
    this.collections = new Collections(collector);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(LeasesGrpc.getServiceDescriptor())
        .addMethod(LeasesGrpc.getCreateMethod(), replies.unary(this::create))
        .addMethod(LeasesGrpc.getDeleteMethod(), replies.unary(this::delete))
        .addMethod(LeasesGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(LeasesGrpc.getAddResourceMethod(), replies.unary(this::addResource))
        .addMethod(LeasesGrpc.getDeleteResourceMethod(), replies.unary(this::deleteResource))
        .addMethod(LeasesGrpc.getListResourcesMethod(), replies.unary(this::listResources))
        .build();
  }

  private CreateResponse create(CallHeaders headers, CreateRequest request) {
    Labels labels = Labels.of(request.getLabelsMap());
    Lease made = call(headers, leases -> leases.create(request.getId(), labels));
    return CreateResponse.newBuilder().setLease(LeaseWire.encode(made)).build();
  }

  private Empty delete(CallHeaders headers, DeleteRequest request) {
    run(headers, leases -> leases.delete(request.getId()));
    if (request.getSync()) {
      collections.await();
    }
    return Empty.getDefaultInstance();
  }

  private ListResponse list(CallHeaders headers, ListRequest request) {
    var filter = FilterParser.parse(request.getFiltersList());
    List<Lease> found = call(headers, leases -> leases.list(filter));
    return ListResponse.newBuilder()
        .addAllLeases(found.stream().map(LeaseWire::encode).toList())
        .build();
  }

  private Empty addResource(CallHeaders headers, AddResourceRequest request) {
    LeaseResource resource = LeaseWire.decode(request.getResource());
    run(headers, leases -> leases.add(request.getId(), resource));
    return Empty.getDefaultInstance();
  }

  private Empty deleteResource(CallHeaders headers, DeleteResourceRequest request) {
    LeaseResource resource = LeaseWire.decode(request.getResource());
    run(headers, leases -> leases.remove(request.getId(), resource));
    return Empty.getDefaultInstance();
  }

  private ListResourcesResponse listResources(CallHeaders headers, ListResourcesRequest request) {
    List<LeaseResource> kept = call(headers, leases -> leases.resources(request.getId()));
    return ListResourcesResponse.newBuilder()
        .addAllResources(kept.stream().map(LeaseWire::encode).toList())
        .build();
  }

  private <R> R call(CallHeaders headers, Handle.Call<Leases, R, RuntimeException> call) {
    var caller = headers.caller();
    return metadata.call(m -> call.on(m.in(caller).leases()));
  }

  private void run(CallHeaders headers, Handle.Action<Leases, RuntimeException> action) {
    var caller = headers.caller();
    metadata.run(m -> action.on(m.in(caller).leases()));
  }
}
