// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.oci.Digest;
import gantry.plugins.HealthCheck;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The raw content store: blobs and ingests as files. It keeps nothing in memory. */
@Component(
    name = FileContentStore.PLUGIN,
    service = {ContentStore.class, PluginFacts.class, HealthCheck.class, Inspector.class},
    immediate = true)
@Plugin(FileContentStore.PLUGIN)
public final class FileContentStore implements ContentStore, PluginFacts, HealthCheck, Inspector {
  static final String PLUGIN = "io.containerd.content.v1.content";

  private final ContentLayout layout;
  private final BlobDirectory blobs;
  private final IngestDirectory ingests;
  private final IngestInspection inspection;

  /** Opens the store in the plugin's directory. */
  @Activate
  public FileContentStore(@Reference PluginDirectories directories) throws IOException {
    this(directories.root(PLUGIN));
  }

  FileContentStore(Path root) throws IOException {
    layout = ContentLayout.create(root);
    blobs = new BlobDirectory(layout);
    ingests = new IngestDirectory(layout, blobs);
    ingests.sweep();
    inspection = new IngestInspection(layout, Clock.systemUTC());
  }

  @Override
  public Map<String, String> exports() {
    return Map.of("root", layout.root().toString());
  }

  @Override
  public Optional<String> problem() {
    return Stream.of(layout.blobs("sha256"), layout.ingests())
        .filter(directory -> !Files.isWritable(directory))
        .findFirst()
        .map(directory -> directory + " cannot be written to");
  }

  @Override
  public BlobInfo info(Digest digest) throws IOException {
    return blobs.info(digest);
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    throw new FailedPreconditionException(
        "update content %s: update not supported on immutable content store"
            .formatted(info.digest()));
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) throws IOException {
    blobs.walk(filter, sink);
  }

  @Override
  public void delete(Digest digest) throws IOException {
    blobs.delete(digest);
  }

  @Override
  public ContentReader reader(Digest digest) throws IOException {
    return blobs.open(digest);
  }

  @Override
  public IngestStatus status(String ref) throws IOException {
    return ingests.status(ref);
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) throws IOException {
    return ingests.statuses(filter);
  }

  @Override
  public void abort(String ref) throws IOException {
    ingests.abort(ref);
  }

  @Override
  public ContentWriter writer(IngestRequest request) throws IOException {
    if (request.ref().isEmpty()) {
      throw new InvalidArgumentException("open ingest: ref must not be empty");
    }
    Digest expected = request.expected();
    if (expected != null) {
      blobs.requireAbsent(expected);
    }
    return ingests.open(request);
  }

  @Override
  public Set<String> kinds() {
    return inspection.kinds();
  }

  @Override
  public List<Finding> inspect() throws IOException {
    return inspection.inspect();
  }

  @Override
  public void mend(Finding finding) throws IOException {
    inspection.mend(finding);
  }
}
