// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.content.ContentInputStream;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.linux.IdMappings;
import gantry.linux.TempMount;
import gantry.linux.files.FileOperationException;
import gantry.linux.files.Syncs;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.compression.MalformedStreamException;
import gantry.oci.compression.UncompressedStream;
import gantry.oci.tar.LayerApplier;
import gantry.oci.tar.WhiteoutStyle;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacks a layer over mounts. */
final class LayerApply {
  private static final Logger log = LoggerFactory.getLogger(LayerApply.class);

  private final Path mountPoints;

  private final StreamProcessors processors;

  LayerApply(Path mountPoints, StreamProcessors processors) {
    this.mountPoints = mountPoints;
    this.processors = processors;
  }

  Descriptor apply(
      Contents content,
      Descriptor layer,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException {
    processors.require(layer.mediaType());
    try (InputStream blob = new ContentInputStream(content.reader(layer.digest()))) {
      return apply(blob, layer, mounts, payloads, sync);
    }
  }

  Descriptor apply(
      InputStream blob,
      Descriptor layer,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException {
    try (UncompressedStream tar = processors.open(blob, layer.mediaType(), payloads)) {
      unpack(tar, layer, mounts, sync);
      // what follows the end of the archive belongs to the layer's digest
      long size = tar.drain();
      return Descriptor.of(MediaTypes.OCI_LAYER, tar.digest(), size);
    } catch (MalformedStreamException e) {
      throw new InvalidArgumentException(
          "apply layer %s: %s".formatted(layer.digest(), e.getMessage()), e);
    } catch (ProcessorException e) {
      throw new FailedPreconditionException(
          "apply layer %s: %s".formatted(layer.digest(), e.getMessage()), e);
    } catch (FileOperationException e) {
      throw new IOException("apply layer %s: %s".formatted(layer.digest(), e.getMessage()), e);
    }
  }

  /**
   * An overlay's changes are written straight into its upper directory: nothing below has to be
   * looked at, and no mount is made.
   */
  private void unpack(UncompressedStream tar, Descriptor layer, List<Mount> mounts, boolean sync)
      throws IOException {
    boolean confined = UserNamespace.isConfined();
    Optional<OverlayDirectories> overlay = OverlayDirectories.of(mounts);
    Path upper = overlay.map(OverlayDirectories::upper).orElse(null);
    if (upper != null && !confined) {
      List<Path> lower = overlay.map(OverlayDirectories::lower).orElse(List.of());
      IdMappings ids = overlay.map(OverlayDirectories::ids).orElse(null);
      unpack(tar, layer, upper, options(WhiteoutStyle.OVERLAY, lower, true, ids, layer), sync);
      return;
    }
    try (TempMount mount = TempMount.of(mounts, mountPoints)) {
      unpack(
          tar,
          layer,
          mount.path(),
          options(WhiteoutStyle.REMOVE, List.of(), !confined, null, layer),
          sync);
    }
  }

  private static void unpack(
      UncompressedStream tar,
      Descriptor layer,
      Path directory,
      LayerApplier.Options options,
      boolean sync)
      throws IOException {
    LayerApplier.apply(tar, directory, options);
    if (sync) {
      Syncs.syncfs(directory);
    }
    log.debug("applied layer {} to {}", layer.digest(), directory);
  }

  private static LayerApplier.Options options(
      WhiteoutStyle style,
      List<Path> lower,
      boolean devices,
      @Nullable IdMappings ids,
      Descriptor layer) {
    return new LayerApplier.Options(
        style, lower, devices, ids, warning -> log.warn("layer {}: {}", layer.digest(), warning));
  }
}
