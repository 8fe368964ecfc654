// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.NotFoundException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.PlatformMatcher;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an imported index refers to: labels every document so that it keeps its children, and finds
 * what is missing. For one index.
 */
public final class ImageTree {
  private final BlobStore blobs;
  private final StoredImage wanted;
  private final PlatformMatcher platforms;
  private final Set<Digest> seen = new HashSet<>();
  private final Deque<Descriptor> todo = new ArrayDeque<>();
  private final List<Descriptor> manifests = new ArrayList<>();

  /**
   * What is below an index.
   *
   * @param wanted whose platforms, metadata and limit count
   */
  public ImageTree(BlobStore blobs, StoredImage wanted) {
    this.blobs = blobs;
    this.wanted = wanted;
    this.platforms = PlatformMatcher.exactly(wanted.platforms());
  }

  /**
   * Goes through everything of the wanted platforms; what is for others may be missing.
   *
   * @return the manifests of images
   * @throws NotFoundException if something is missing, or nothing is for the platforms
   * @throws gantry.errors.InvalidArgumentException if a document is damaged
   */
  public List<Descriptor> link(Descriptor index) throws IOException {
    visit(index);
    if (todo.isEmpty()) {
      throw new NotFoundException(
          "import: the archive has no image for the platform: image might be filtered out; name"
              + " another platform or take all");
    }
    while (!todo.isEmpty()) {
      visit(todo.removeFirst());
    }
    return List.copyOf(manifests);
  }

  private void visit(Descriptor document) throws IOException {
    if (!seen.add(document.digest())) {
      return;
    }
    List<Child> children = children(document);
    if (MediaTypes.isManifest(document.mediaType())) {
      manifests.add(document);
    }
    for (Child child : chosen(document, children)) {
      if (Children.possible(child.descriptor().mediaType())) {
        todo.addLast(child.descriptor());
      } else {
        require(document, child.descriptor());
      }
    }
  }

  private List<Child> children(Descriptor document) throws IOException {
    List<Child> children;
    try {
      children = Children.of(document, blobs.document(document.digest()));
    } catch (NotFoundException e) {
      throw new NotFoundException(
          "import: the archive lacks %s, a document of an image: not found"
              .formatted(document.digest()),
          e);
    }
    blobs.label(document.digest(), Children.gcLabels(children));
    return children;
  }

  private List<Child> chosen(Descriptor document, List<Child> children) throws IOException {
    if (!MediaTypes.isIndex(document.mediaType())) {
      return children;
    }
    List<Child> fitting = new ArrayList<>();
    for (Child child : children) {
      ImagePlatform platform = child.platform();
      if (platform == null || platforms.matches(platform)) {
        fitting.add(child);
      } else if (wanted.allMetadata()) {
        linkMetadata(child.descriptor());
      }
    }
    int limit = wanted.manifestLimit();
    if (limit > 0 && fitting.size() > limit) {
      fitting.sort(Comparator.comparing(Child::platform, Comparator.nullsLast(platforms.order())));
      return fitting.subList(0, limit);
    }
    return fitting;
  }

  /** Labels a manifest of another platform, if it is there. */
  private void linkMetadata(Descriptor document) throws IOException {
    if (Children.possible(document.mediaType()) && exists(document.digest())) {
      children(document);
    }
  }

  private void require(Descriptor parent, Descriptor blob) throws IOException {
    if (seen.add(blob.digest())
        && !MediaTypes.isNonDistributable(blob.mediaType())
        && !exists(blob.digest())) {
      throw new NotFoundException(
          "import: the archive lacks %s of %s: not found"
              .formatted(blob.digest(), parent.digest()));
    }
  }

  private boolean exists(Digest digest) throws IOException {
    try {
      return blobs.info(digest).size() >= 0;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
