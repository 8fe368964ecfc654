// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import containerd.services.images.v1.CreateImageRequest;
import containerd.services.images.v1.CreateImageResponse;
import containerd.services.images.v1.DeleteImageRequest;
import containerd.services.images.v1.GetImageRequest;
import containerd.services.images.v1.GetImageResponse;
import containerd.services.images.v1.ImagesGrpc;
import containerd.services.images.v1.ListImagesRequest;
import containerd.services.images.v1.ListImagesResponse;
import containerd.services.images.v1.UpdateImageRequest;
import containerd.services.images.v1.UpdateImageResponse;
import gantry.errors.InvalidArgumentException;
import gantry.filters.FieldPaths;
import gantry.filters.FilterParser;
import gantry.gc.GarbageCollector;
import gantry.images.Image;
import gantry.images.Images;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.wire.ContentWire;
import gantry.wire.FieldMaskWire;
import gantry.wire.ImageWire;
import gantry.wire.TimestampWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The images service: names for content in the caller's namespace. */
@Component(name = ImagesService.PLUGIN, immediate = true)
@Plugin(
    value = ImagesService.PLUGIN,
    plugin_requires = {"io.containerd.metadata.v1", "io.containerd.gc.v1"})
public final class ImagesService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.images";

  private final Replies replies = new Replies();
  private final Handle<Metadata> metadata;
  private final Collections collections;

  /** Serves the images of the metadata plugin. */
  @Activate
  public ImagesService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata,
      @Reference(target = "(contract=gantry.gc.GarbageCollector)")
          Handle<GarbageCollector> collector) {
    this.metadata = metadata;
    this.collections = new Collections(collector);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ImagesGrpc.getServiceDescriptor())
        .addMethod(ImagesGrpc.getGetMethod(), replies.unary(this::get))
        .addMethod(ImagesGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(ImagesGrpc.getCreateMethod(), replies.unary(this::create))
        .addMethod(ImagesGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(ImagesGrpc.getDeleteMethod(), replies.unary(this::delete))
        .build();
  }

  private GetImageResponse get(CallHeaders headers, GetImageRequest request) {
    Image image = call(headers, images -> images.get(request.getName()));
    return GetImageResponse.newBuilder().setImage(ImageWire.encode(image)).build();
  }

  private ListImagesResponse list(CallHeaders headers, ListImagesRequest request) {
    var filter = FilterParser.parse(request.getFiltersList());
    List<Image> found = call(headers, images -> images.list(filter));
    return ListImagesResponse.newBuilder()
        .addAllImages(found.stream().map(ImageWire::encode).toList())
        .build();
  }

  private CreateImageResponse create(CallHeaders headers, CreateImageRequest request) {
    requireName(request.getImage().getName());
    Image wanted = ImageWire.decode(request.getImage());
    Instant epoch = epoch(request.hasSourceDateEpoch(), request.getSourceDateEpoch());
    Image made = call(headers, images -> images.create(wanted, epoch));
    return CreateImageResponse.newBuilder().setImage(ImageWire.encode(made)).build();
  }

  private UpdateImageResponse update(CallHeaders headers, UpdateImageRequest request) {
    requireName(request.getImage().getName());
    FieldPaths paths = FieldMaskWire.decode(request.getUpdateMask());
    Image wanted = ImageWire.decode(request.getImage(), paths);
    Instant epoch = epoch(request.hasSourceDateEpoch(), request.getSourceDateEpoch());
    Image updated = call(headers, images -> images.update(wanted, paths, epoch));
    return UpdateImageResponse.newBuilder().setImage(ImageWire.encode(updated)).build();
  }

  private Empty delete(CallHeaders headers, DeleteImageRequest request) {
    var caller = headers.caller();
    Digest target = ContentWire.expected(request.getTarget().getDigest());
    metadata.run(m -> m.in(caller).images().delete(request.getName(), target));
    if (request.getSync()) {
      collections.await();
    }
    return Empty.getDefaultInstance();
  }

  private <R> R call(CallHeaders headers, Handle.Call<Images, R, RuntimeException> call) {
    var caller = headers.caller();
    return metadata.call(m -> call.on(m.in(caller).images()));
  }

  private static void requireName(String name) {
    if (name.isEmpty()) {
      throw new InvalidArgumentException("image name is required");
    }
  }

  private static @Nullable Instant epoch(boolean given, Timestamp epoch) {
    return given ? TimestampWire.decode(epoch) : null;
  }
}
