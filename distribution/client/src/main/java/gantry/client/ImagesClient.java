// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.images.v1.CreateImageRequest;
import containerd.services.images.v1.DeleteImageRequest;
import containerd.services.images.v1.GetImageRequest;
import containerd.services.images.v1.ImagesGrpc;
import containerd.services.images.v1.ListImagesRequest;
import containerd.services.images.v1.UpdateImageRequest;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.wire.FieldMaskWire;
import gantry.wire.ImageWire;
import java.util.List;
import java.util.Map;

/** Names of images in a namespace. */
public final class ImagesClient {
  private final Wire wire;

  ImagesClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * An image by its full name.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public Image get(String name) {
    return ImageWire.decode(
        wire.call(ImagesGrpc.getGetMethod(), GetImageRequest.newBuilder().setName(name).build())
            .getImage());
  }

  /** The images that match any filter; all if there is none. */
  public List<Image> list(List<String> filters) {
    return wire
        .call(
            ImagesGrpc.getListMethod(),
            ListImagesRequest.newBuilder().addAllFilters(filters).build())
        .getImagesList()
        .stream()
        .map(ImageWire::decode)
        .toList();
  }

  /**
   * Gives a target a name. The times of {@code image} are ignored.
   *
   * @throws gantry.errors.AlreadyExistsException if the name is taken
   */
  public Image create(Image image) {
    CreateImageRequest request =
        CreateImageRequest.newBuilder().setImage(ImageWire.encode(image)).build();
    return ImageWire.decode(wire.call(ImagesGrpc.getCreateMethod(), request).getImage());
  }

  /**
   * Changes an image; without paths everything is replaced.
   *
   * @throws gantry.errors.NotFoundException if there is none of that name
   */
  public Image update(Image image, FieldPaths paths) {
    UpdateImageRequest request =
        UpdateImageRequest.newBuilder()
            .setImage(ImageWire.encode(image))
            .setUpdateMask(FieldMaskWire.encode(paths))
            .build();
    return ImageWire.decode(wire.call(ImagesGrpc.getUpdateMethod(), request).getImage());
  }

  /** Sets labels; one with an empty value is removed, others stay; none changes nothing. */
  public Image label(String name, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return get(name);
    }
    UpdateImageRequest request =
        UpdateImageRequest.newBuilder()
            .setImage(
                containerd.services.images.v1.Image.newBuilder().setName(name).putAllLabels(labels))
            .setUpdateMask(FieldMaskWire.encode(LabelPaths.of(labels)))
            .build();
    return ImageWire.decode(wire.call(ImagesGrpc.getUpdateMethod(), request).getImage());
  }

  /**
   * Removes a name.
   *
   * @param sync whether to wait until what only it kept is gone
   * @throws gantry.errors.NotFoundException if there is none
   */
  public void delete(String name, boolean sync) {
    wire.callLong(
        ImagesGrpc.getDeleteMethod(),
        DeleteImageRequest.newBuilder().setName(name).setSync(sync).build());
  }
}
