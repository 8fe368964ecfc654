// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.diff.DiffOptions;
import gantry.diff.Differ;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Layers of tar, plain or compressed, for mounts of any kind. */
@Component(name = WalkingDiffer.PLUGIN, service = Differ.class, immediate = true)
@Plugin(
    value = WalkingDiffer.PLUGIN,
    plugin_requires = "io.containerd.metadata.v1",
    plugin_platform = true)
public final class WalkingDiffer implements Differ {
  static final String PLUGIN = "io.containerd.differ.v1.walking";

  private final Handle<Metadata> metadata;
  private final LayerApply apply;
  private final LayerCompare compare;

  /** Reads and writes blobs through the metadata plugin, and mounts in its state directory. */
  @Activate
  public WalkingDiffer(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata,
      @Reference PluginDirectories directories,
      Map<String, Object> properties) {
    this(metadata, directories.state(PLUGIN), StreamProcessors.of(properties));
  }

  WalkingDiffer(Handle<Metadata> metadata, Path mountPoints, StreamProcessors processors) {
    this.metadata = metadata;
    this.apply = new LayerApply(mountPoints, processors);
    this.compare = new LayerCompare(mountPoints);
  }

  @Override
  public Descriptor apply(
      Caller caller,
      Descriptor layer,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException {
    return apply.apply(new Contents(metadata, caller), layer, mounts, payloads, sync);
  }

  @Override
  public Descriptor apply(
      Caller caller,
      Descriptor layer,
      InputStream bytes,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException {
    return apply.apply(bytes, layer, mounts, payloads, sync);
  }

  @Override
  public Descriptor compare(
      Caller caller, List<Mount> lower, List<Mount> upper, DiffOptions options) throws IOException {
    return compare.compare(new Contents(metadata, caller), lower, upper, options);
  }
}
