// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.containers.v1.ContainersGrpc;
import containerd.services.containers.v1.CreateContainerRequest;
import containerd.services.containers.v1.CreateContainerResponse;
import containerd.services.containers.v1.DeleteContainerRequest;
import containerd.services.containers.v1.GetContainerRequest;
import containerd.services.containers.v1.GetContainerResponse;
import containerd.services.containers.v1.ListContainerMessage;
import containerd.services.containers.v1.ListContainersRequest;
import containerd.services.containers.v1.ListContainersResponse;
import containerd.services.containers.v1.UpdateContainerRequest;
import containerd.services.containers.v1.UpdateContainerResponse;
import gantry.containers.Container;
import gantry.containers.Containers;
import gantry.errors.InvalidArgumentException;
import gantry.filters.FilterParser;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.wire.ContainerWire;
import gantry.wire.FieldMaskWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The containers service: the records of containers. */
@Component(name = ContainersService.PLUGIN, immediate = true)
@Plugin(value = ContainersService.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class ContainersService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.containers";

  private final Replies replies = new Replies();
  private final Handle<Metadata> metadata;

  /** Serves the records of the metadata plugin. */
  @Activate
  public ContainersService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ContainersGrpc.getServiceDescriptor())
        .addMethod(ContainersGrpc.getGetMethod(), replies.unary(this::get))
        .addMethod(ContainersGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(ContainersGrpc.getListStreamMethod(), replies.streaming(this::listStream))
        .addMethod(ContainersGrpc.getCreateMethod(), replies.unary(this::create))
        .addMethod(ContainersGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(ContainersGrpc.getDeleteMethod(), replies.unary(this::delete))
        .build();
  }

  private GetContainerResponse get(CallHeaders headers, GetContainerRequest request) {
    Container container = call(headers, containers -> containers.get(request.getId()));
    return GetContainerResponse.newBuilder().setContainer(ContainerWire.encode(container)).build();
  }

  private ListContainersResponse list(CallHeaders headers, ListContainersRequest request) {
    ListContainersResponse.Builder response = ListContainersResponse.newBuilder();
    matching(headers, request)
        .forEach(container -> response.addContainers(ContainerWire.encode(container)));
    return response.build();
  }

  private void listStream(
      CallHeaders headers, ListContainersRequest request, Sink<ListContainerMessage> answers)
      throws InterruptedException {
    for (Container container : matching(headers, request)) {
      answers.send(
          ListContainerMessage.newBuilder().setContainer(ContainerWire.encode(container)).build());
    }
  }

  private CreateContainerResponse create(CallHeaders headers, CreateContainerRequest request) {
    Container wanted = ContainerWire.decode(request.getContainer());
    Container made = call(headers, containers -> containers.create(wanted));
    return CreateContainerResponse.newBuilder().setContainer(ContainerWire.encode(made)).build();
  }

  private UpdateContainerResponse update(CallHeaders headers, UpdateContainerRequest request) {
    if (request.getContainer().getId().isEmpty()) {
      throw new InvalidArgumentException("update container: id is required");
    }
    Container wanted = ContainerWire.decode(request.getContainer());
    Container updated =
        call(
            headers,
            containers -> containers.update(wanted, FieldMaskWire.decode(request.getUpdateMask())));
    return UpdateContainerResponse.newBuilder().setContainer(ContainerWire.encode(updated)).build();
  }

  private Empty delete(CallHeaders headers, DeleteContainerRequest request) {
    var caller = headers.caller();
    metadata.run(m -> m.in(caller).containers().delete(request.getId()));
    return Empty.getDefaultInstance();
  }

  /** All first, then encoded and sent: the walk may hold a transaction. */
  private List<Container> matching(CallHeaders headers, ListContainersRequest request) {
    var filter = FilterParser.parse(request.getFiltersList());
    var caller = headers.caller();
    List<Container> found = new ArrayList<>();
    metadata.run(m -> m.in(caller).containers().walk(filter, found::add));
    return found;
  }

  private Container call(
      CallHeaders headers, Handle.Call<Containers, Container, RuntimeException> call) {
    var caller = headers.caller();
    return metadata.call(m -> call.on(m.in(caller).containers()));
  }
}
