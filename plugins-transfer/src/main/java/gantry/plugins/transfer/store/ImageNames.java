// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.store;

import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.transfer.StoredImage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives what was pulled its names. */
public final class ImageNames {
  private static final Logger log = LoggerFactory.getLogger(ImageNames.class);
  private static final int TRIES = 10;

  private final CallerStore store;

  /** Names in the caller's namespace. */
  public ImageNames(CallerStore store) {
    this.store = store;
  }

  /**
   * Makes the images, or lets those of the same name point to the target.
   *
   * @throws NotFoundException if there is no name
   */
  public List<Image> save(StoredImage wanted, Descriptor target) {
    List<Image> images = new ArrayList<>();
    if (!wanted.name().isEmpty()) {
      images.add(image(wanted.name(), wanted.labels(), target));
    }
    for (StoredImage.ExtraReference extra : wanted.extraReferences()) {
      if (!extra.isPrefix() || extra.addDigest()) {
        String name = extra.addDigest() ? extra.name() + "@" + target.digest() : extra.name();
        images.add(image(name, extraLabels(wanted), target));
      }
    }
    if (images.isEmpty()) {
      throw new NotFoundException("no image name found: not found");
    }
    return images.stream().map(this::put).toList();
  }

  /** The labels of a further name, which goes when the first one does. */
  public static Labels extraLabels(StoredImage wanted) {
    if (wanted.name().isEmpty()) {
      return wanted.labels();
    }
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return wanted
        .labels()
        .withAll(Map.of(WellKnown.GC_BACK_REF + "image", wanted.name(), WellKnown.GC_EXPIRE, now));
  }

  private static Image image(String name, Labels labels, Descriptor target) {
    return new Image(name, labels, target, Instant.EPOCH, Instant.EPOCH);
  }

  private Image put(Image image) {
    for (int i = 0; i < TRIES; i++) {
      try {
        return store.images(images -> put(images, image));
      } catch (NotFoundException e) {
        log.debug("save image {}: it was deleted meanwhile, making it again", image.name());
      }
    }
    throw new UnavailableException(
        "save image %s: others keep making and deleting it, try again".formatted(image.name()));
  }

  private static Image put(Images images, Image image) {
    try {
      return images.create(image, null);
    } catch (AlreadyExistsException e) {
      return images.update(image, FieldPaths.none(), null);
    }
  }
}
