// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.diff.Differ;
import gantry.errors.UnimplementedException;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginInventory;
import gantry.plugins.transfer.archive.ExportTransfer;
import gantry.plugins.transfer.archive.ImportTransfer;
import gantry.plugins.transfer.archive.TagTransfer;
import gantry.plugins.transfer.pull.Downloads;
import gantry.plugins.transfer.pull.PullTransfer;
import gantry.plugins.transfer.pull.Verifiers;
import gantry.plugins.transfer.push.PushTransfer;
import gantry.plugins.transfer.tasks.Claims;
import gantry.plugins.transfer.tasks.Permits;
import gantry.plugins.transfer.unpack.Differs;
import gantry.plugins.transfer.unpack.Unpacker;
import gantry.registry.HttpRegistries;
import gantry.registry.Registries;
import gantry.registry.RegistrySettings;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImageVerifier;
import gantry.transfer.ImportArchive;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import gantry.transfer.TransferEnd;
import gantry.transfer.Transfers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Transfers by this process itself. It keeps nothing but what transfers that run share. */
@Component(name = LocalTransfers.PLUGIN, service = Transfers.class, immediate = true)
@Plugin(
    value = LocalTransfers.PLUGIN,
    plugin_requires = {
      "io.containerd.metadata.v1",
      "io.containerd.differ.v1",
      "io.containerd.snapshotter.v1"
    })
public final class LocalTransfers implements Transfers, AutoCloseable {
  static final String PLUGIN = "io.containerd.transfer.v1.local";

  /** How long a transfer waits for another that does the same and shows no progress. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Below this a second connection costs more than it brings. */
  private static final long RANGES_FROM = 64L << 20;

  /** The keys of the plugin's table. */
  @interface Config {
    /** Connections that carry blobs at once, of all pulls together; 0 for the default. */
    int maxConcurrentDownloads() default 0;

    /** Uploads at once, of all pushes together; 0 for the default. */
    int maxConcurrentUploadedLayers() default 0;

    /** Layers unpacked at once, of all images together; 0 for as many as there are processors. */
    int maxConcurrentUnpacks() default 0;

    /** Bytes of a range of a large layer; 0 for the default, below 0 for no ranges. */
    int concurrentLayerFetchBuffer() default 0;

    /** Whether architecture and variant count in unpack_config, not the operating system only. */
    boolean checkPlatformSupported() default false;

    /** Where hosts.toml files are, several directories joined by a colon. */
    String configPath() default "";
  }

  private final OpenRegistries open;
  private final Differs differs = new Differs();
  private final Verifiers verifiers = new Verifiers();
  private final PullTransfer pull;
  private final PushTransfer push;
  private final ImportTransfer archiveImport;
  private final ExportTransfer archiveExport;
  private final TagTransfer tag;

  /** Opens no connection yet. */
  @Activate
  public LocalTransfers(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata,
      @Reference DaemonInfo daemon,
      Config config,
      Map<String, ?> table) {
    this(metadata, daemon, TransferSettings.of(config, table));
  }

  private LocalTransfers(Handle<Metadata> metadata, DaemonInfo daemon, TransferSettings settings) {
    this(
        metadata,
        new HttpRegistries(
            RegistrySettings.of("containerd/" + daemon.version())
                .hostsDirectory(settings.hostsDirectory())
                .environment(System.getenv())),
        settings);
  }

  LocalTransfers(Handle<Metadata> metadata, Registries registries, TransferSettings settings) {
    this.open = new OpenRegistries(registries);
    Claims claims = new Claims(PATIENCE);
    Permits connections = new Permits("fetch a blob", settings.downloads());
    Downloads downloads = new Downloads(claims, connections, RANGES_FROM, settings.chunk());
    Unpacker unpacker =
        new Unpacker(metadata, differs, claims, settings.rules(), settings.unpacks());
    this.pull = new PullTransfer(metadata, registries, downloads, unpacker, verifiers);
    this.push =
        new PushTransfer(metadata, registries, new Permits("push a blob", settings.uploads()));
    this.archiveImport = new ImportTransfer(metadata, unpacker);
    this.archiveExport = new ExportTransfer(metadata);
    this.tag = new TagTransfer(metadata);
  }

  /** Whoever misses a differ wants to know why it is not there. */
  @Reference
  void setInventory(PluginInventory inventory) {
    differs.explainBy(id -> inventory.absent(Differ.class.getName(), id));
  }

  @Reference(
      target = "(contract=gantry.diff.Differ)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindDiffer(Handle<Differ> differ) {
    differs.add(differ);
  }

  void unbindDiffer(Handle<Differ> differ) {
    differs.remove(differ);
  }

  @Reference(
      target = "(contract=gantry.transfer.ImageVerifier)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindVerifier(Handle<ImageVerifier> verifier) {
    verifiers.add(verifier);
  }

  void unbindVerifier(Handle<ImageVerifier> verifier) {
    verifiers.remove(verifier);
  }

  @Override
  public void transfer(
      Caller caller, TransferEnd source, TransferEnd destination, ProgressListener progress)
      throws IOException {
    open.enter();
    try {
      run(caller, source, destination, progress);
    } finally {
      open.leave();
    }
  }

  private void run(
      Caller caller, TransferEnd source, TransferEnd destination, ProgressListener progress)
      throws IOException {
    switch (source) {
      case RegistryImage from when destination instanceof StoredImage to ->
          pull.run(caller, from, to, progress);
      case StoredImage from when destination instanceof RegistryImage to ->
          push.run(caller, from, to, progress);
      case StoredImage from when destination instanceof ExportArchive to ->
          archiveExport.run(caller, from, to, progress);
      case StoredImage from when destination instanceof StoredImage to -> tag.run(caller, from, to);
      case ImportArchive from when destination instanceof StoredImage to ->
          archiveImport.run(caller, from, to, progress);
      case ImportArchive from when destination instanceof ExportArchive to -> echo(from, to);
      default ->
          throw new UnimplementedException(
              "unable to transfer from %s to %s: not implemented"
                  .formatted(name(source), name(destination)));
    }
  }

  /** The bytes as they are; clients try their streams with it. */
  private static void echo(ImportArchive from, ExportArchive to) throws IOException {
    try (var in = from.stream();
        var out = to.stream()) {
      in.transferTo(out);
    }
  }

  private static String name(TransferEnd end) {
    return switch (end) {
      case RegistryImage image -> "OCI Registry (" + image.reference() + ")";
      case StoredImage image -> "Local Image Store (" + image.name() + ")";
      case ImportArchive archive -> "import stream of type \"" + archive.mediaType() + "\"";
      case ExportArchive archive -> "export stream of type \"" + archive.mediaType() + "\"";
    };
  }

  /** Ends the connections to registries when the transfers that run have ended. */
  @Override
  @Deactivate
  public void close() {
    open.close();
  }
}
