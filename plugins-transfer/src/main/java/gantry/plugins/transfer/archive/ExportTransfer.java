// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnimplementedException;
import gantry.images.Image;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Platform;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.layout.ArchiveWriter;
import gantry.plugins.Handle;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.HeldLease;
import gantry.transfer.ExportArchive;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.ExtraReference;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Images from the store into an archive. Safe for concurrent use. */
public final class ExportTransfer {
  private static final int BUFFER = 1 << 16;

  private final Handle<Metadata> metadata;

  /** Reads through {@code metadata}. */
  public ExportTransfer(Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  /**
   * Exports; under the caller's lease, or one of its own. Nothing is written before all is known to
   * be there.
   *
   * @throws gantry.errors.NotFoundException if an image or a part of it is missing
   */
  public void run(
      Caller caller, StoredImage image, ExportArchive archive, ProgressListener progress)
      throws IOException {
    try (OutputStream out = archive.stream();
        HeldLease lease = HeldLease.of(metadata, caller)) {
      progress.progressed(Progress.of("Exporting"));
      CallerStore store = lease.store();
      ArchiveWriter writer = new ArchiveWriter(new DaemonBlobs(store), options(archive));
      for (Image found : find(store, image)) {
        store.keep(found.target().digest());
        writer.add(found.name(), found.target());
      }
      OutputStream buffered = new BufferedOutputStream(out, BUFFER);
      writer.write(buffered);
      buffered.flush();
      progress.progressed(Progress.of("Completed export"));
    }
  }

  private static ArchiveWriter.Options options(ExportArchive archive) {
    List<Platform> platforms =
        archive.platforms().isEmpty() ? List.of(Platform.host()) : archive.platforms();
    return new ArchiveWriter.Options(
        PlatformMatcher.exactly(platforms),
        archive.allPlatforms(),
        archive.skipCompatibilityManifest(),
        archive.skipNonDistributable());
  }

  private static List<Image> find(CallerStore store, StoredImage wanted) {
    List<String> names = new ArrayList<>();
    if (!wanted.name().isEmpty()) {
      names.add(wanted.name());
    }
    for (ExtraReference reference : wanted.extraReferences()) {
      if (reference.isPrefix()) {
        throw new UnimplementedException(
            "export images below %s: prefix lookup on export not implemented; name each image"
                .formatted(reference.name()));
      }
      names.add(reference.name());
    }
    if (names.isEmpty()) {
      throw new InvalidArgumentException("export: no image is named");
    }
    return store.images(images -> names.stream().map(images::get).toList());
  }
}
