// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.layout.ArchiveNames;
import gantry.oci.layout.ArchiveReader;
import gantry.oci.layout.BlobStore;
import gantry.oci.layout.ImageTree;
import gantry.plugins.Handle;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.HeldLease;
import gantry.plugins.transfer.store.ImageNames;
import gantry.transfer.ImportArchive;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.UnpackTarget;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Images from an archive into the store. Safe for concurrent use. */
public final class ImportTransfer {
  private final Handle<Metadata> metadata;
  private final Unpacking unpacking;

  /** Stores through {@code metadata}, unpacks through {@code unpacking}. */
  public ImportTransfer(Handle<Metadata> metadata, Unpacking unpacking) {
    this.metadata = metadata;
    this.unpacking = unpacking;
  }

  /**
   * Imports; under the caller's lease, or one of its own. No image is named before all is there and
   * unpacked.
   *
   * @throws gantry.errors.InvalidArgumentException if the archive is damaged or none of an image
   * @throws NotFoundException if the archive lacks something it refers to, or has nothing for the
   *     platforms
   */
  public void run(
      Caller caller, ImportArchive archive, StoredImage image, ProgressListener progress)
      throws IOException {
    try (InputStream in = archive.stream();
        HeldLease lease = HeldLease.of(metadata, caller)) {
      progress.progressed(Progress.of("Importing"));
      CallerStore store = lease.store();
      BlobStore blobs = new DaemonBlobs(store);
      Descriptor index = new ArchiveReader(blobs, archive.forceCompress()).read(in);
      for (Descriptor manifest : new ImageTree(blobs, image).link(index)) {
        unpack(store.caller(), blobs, manifest, image.unpacks(), progress);
      }
      new Naming(store, image, progress).name(index, Index.parse(blobs.document(index.digest())));
      progress.progressed(Progress.of("Completed import"));
    }
  }

  private void unpack(
      Caller caller,
      BlobStore blobs,
      Descriptor manifest,
      List<UnpackTarget> targets,
      ProgressListener progress)
      throws IOException {
    if (targets.isEmpty()) {
      return;
    }
    Descriptor config = Manifest.parse(blobs.document(manifest.digest())).config();
    if (!MediaTypes.isConfig(config.mediaType())) {
      return;
    }
    ImageConfig image = ImageConfig.parse(blobs.document(config.digest()));
    for (UnpackTarget target : targets) {
      if (PlatformMatcher.of(List.of(target.platform())).matches(image.platform())) {
        unpacking.unpack(caller, manifest, target.platform(), target.snapshotter(), progress);
      }
    }
  }

  /** Gives the index and its entries their names. */
  private record Naming(CallerStore store, StoredImage wanted, ProgressListener progress) {
    void name(Descriptor target, Index index) throws IOException {
      ImageNames names = new ImageNames(store);
      boolean extra =
          wanted.extraReferences().stream().anyMatch(ref -> !ref.isPrefix() || ref.addDigest());
      if (!wanted.name().isEmpty() || extra) {
        saved(target, names.save(wanted, target));
      }
      ArchiveNames found = new ArchiveNames(wanted);
      for (IndexEntry entry : index.manifests()) {
        Descriptor descriptor = entry.descriptor();
        if (store.find(descriptor.digest()).isPresent()) {
          for (String name : found.of(descriptor)) {
            saved(descriptor, names.save(only(name), descriptor));
          }
        }
      }
    }

    private StoredImage only(String name) {
      Labels labels = ImageNames.extraLabels(wanted);
      return new StoredImage(name, labels, List.of(), false, 0, List.of(), List.of());
    }

    private void saved(Descriptor target, List<Image> images) {
      for (Image image : images) {
        progress.progressed(new Progress("saved", image.name(), List.of(), 0, 0, target));
      }
    }
  }
}
