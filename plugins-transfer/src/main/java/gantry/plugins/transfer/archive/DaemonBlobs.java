// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.content.BlobInfo;
import gantry.content.ContentInputStream;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.labels.WellKnown;
import gantry.oci.Digest;
import gantry.oci.layout.BlobStore;
import gantry.oci.layout.BlobWriter;
import gantry.plugins.transfer.store.CallerStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The blobs of one namespace, for one transfer. What it makes, the caller's lease keeps. */
final class DaemonBlobs implements BlobStore {
  private final CallerStore store;

  /** Its ingests are its own: two transfers of the same archive must not wait for each other. */
  private final String refPrefix = "import-" + UUID.randomUUID() + "-";

  private int ingests;

  DaemonBlobs(CallerStore store) {
    this.store = store;
  }

  @Override
  public BlobInfo info(Digest digest) throws IOException {
    return store.content(content -> content.info(digest));
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return new ContentInputStream(store.content(content -> content.reader(digest)));
  }

  @Override
  public BlobWriter writer(long size, @Nullable Digest expected) throws IOException {
    String ref = refPrefix + ingests++;
    ContentWriter writer;
    try {
      writer = store.content(content -> content.writer(new IngestRequest(ref, size, expected)));
    } catch (AlreadyExistsException present) {
      if (expected == null) {
        throw present;
      }
      return new PresentBlob(store, expected, size, null);
    }
    IngestStatus status = writer.status();
    if (expected != null && size > 0 && status.offset() == size) {
      // another namespace has it and shares it
      return new PresentBlob(
          store, expected, size, new NewBlob(store, ref, writer, size, expected));
    }
    return new NewBlob(store, ref, writer, size, expected);
  }

  @Override
  public Optional<BlobInfo> compressed(Digest uncompressed) throws IOException {
    Filter filter =
        FilterParser.parse(
            List.of("labels.\"%s\"==%s".formatted(WellKnown.UNCOMPRESSED, uncompressed)));
    List<Digest> found = new ArrayList<>();
    store.content(
        content -> {
          content.walk(filter, blob -> found.add(blob.digest()));
          return true;
        });
    for (Digest digest : found.stream().sorted().toList()) {
      store.keep(digest);
      Optional<BlobInfo> kept = store.find(digest);
      if (kept.isPresent()) {
        return kept;
      }
    }
    return Optional.empty();
  }

  @Override
  public void label(Digest digest, Map<String, String> labels) throws IOException {
    store.label(digest, labels);
  }
}
