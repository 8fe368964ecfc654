// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.client.GantryClient;
import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.oci.Descriptor;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.layout.ArchiveNames;
import gantry.oci.layout.ArchiveReader;
import gantry.oci.layout.BlobStore;
import gantry.oci.layout.ImageTree;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An import that is done here, for daemons that cannot. Use it under a lease. */
final class LocalImport {
  private final GantryClient client;
  private final BlobStore blobs;
  private final StoredImage wanted;

  LocalImport(GantryClient client, StoredImage wanted) {
    this.client = client;
    this.blobs = new ClientBlobs(client.content());
    this.wanted = wanted;
  }

  /**
   * Imports and returns the images, in the order of the archive.
   *
   * @throws gantry.errors.InvalidArgumentException if it is no image archive
   */
  List<Image> run(InputStream in, boolean compress) throws IOException {
    Descriptor index = new ArchiveReader(blobs, compress).read(in);
    new ImageTree(blobs, wanted).link(index);
    List<Image> images = new ArrayList<>();
    if (!wanted.name().isEmpty()) {
      images.add(name(wanted.name(), index));
    }
    ArchiveNames names = new ArchiveNames(wanted);
    for (IndexEntry entry : Index.parse(blobs.document(index.digest())).manifests()) {
      if (exists(entry.descriptor())) {
        for (String name : names.of(entry.descriptor())) {
          images.add(name(name, entry.descriptor()));
        }
      }
    }
    return images;
  }

  private boolean exists(Descriptor blob) throws IOException {
    try {
      return blobs.info(blob.digest()).size() >= 0;
    } catch (NotFoundException missing) {
      return false;
    }
  }

  private Image name(String name, Descriptor target) {
    Image image = new Image(name, wanted.labels(), target, Instant.EPOCH, Instant.EPOCH);
    try {
      return client.images().create(image);
    } catch (AlreadyExistsException taken) {
      return client.images().update(image, FieldPaths.of("target"));
    }
  }
}
