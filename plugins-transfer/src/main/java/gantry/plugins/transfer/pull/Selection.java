// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.errors.NotFoundException;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.PlatformMatcher;
import gantry.transfer.StoredImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which of the images of an index are taken, and how much of them. */
final class Selection {
  private final PlatformMatcher matcher;
  private final boolean allMetadata;
  private final int limit;

  /** What the client wants in its store. */
  Selection(StoredImage wanted) {
    this.matcher = PlatformMatcher.exactly(wanted.platforms());
    this.allMetadata = wanted.allMetadata();
    this.limit = wanted.manifestLimit();
  }

  /**
   * One that is taken.
   *
   * @param isWhole false to take manifest and configuration only
   */
  record Taken(Descriptor descriptor, boolean isWhole) {}

  /**
   * Chooses among the children of an index.
   *
   * @throws NotFoundException if there is a limit, and nothing that is wanted
   */
  List<Taken> of(Descriptor index, List<Child> children) {
    List<Child> wanted = children.stream().filter(this::matches).toList();
    if (limit > 0) {
      wanted = best(index, wanted);
    }
    List<Taken> taken = new ArrayList<>();
    for (Child child : children) {
      boolean isWhole = wanted.contains(child);
      if (isWhole || (allMetadata && MediaTypes.isManifest(child.descriptor().mediaType()))) {
        taken.add(new Taken(child.descriptor(), isWhole));
      }
    }
    return taken;
  }

  private List<Child> best(Descriptor index, List<Child> wanted) {
    if (wanted.isEmpty()) {
      throw new NotFoundException(
          "no match for platform in manifest %s: not found".formatted(index.digest()));
    }
    Comparator<ImagePlatform> order = matcher.order();
    return wanted.stream()
        .sorted(Comparator.comparing(Child::platform, Comparator.nullsLast(order)))
        .limit(limit)
        .toList();
  }

  private boolean matches(Child child) {
    ImagePlatform platform = child.platform();
    return platform == null || matcher.matches(platform);
  }
}
