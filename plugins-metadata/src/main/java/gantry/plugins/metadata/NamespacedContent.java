// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.store.LabelUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The blobs one namespace claims, and its ingests. */
final class NamespacedContent implements ContentStore {
  private final Database database;
  private final RawContent raw;
  private final Caller caller;
  private final String namespace;

  NamespacedContent(Database database, RawContent raw, Caller caller) {
    this.database = database;
    this.raw = raw;
    this.caller = caller;
    this.namespace = caller.namespace().name();
  }

  @Override
  public BlobInfo info(Digest digest) {
    return database.read(tx -> BlobRows.require(tx, namespace, digest));
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    return database.write(
        tx -> {
          BlobInfo old = BlobRows.require(tx, namespace, info.digest());
          Labels labels =
              LabelUpdate.apply(
                  old.labels(),
                  info.labels(),
                  paths,
                  "content info \"%s\"".formatted(old.digest()));
          BlobInfo updated =
              new BlobInfo(old.digest(), old.size(), old.createdAt(), database.now(), labels);
          BlobRows.setLabels(tx, namespace, updated);
          return updated;
        });
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) {
    List<BlobInfo> all = database.read(tx -> BlobRows.all(tx, namespace));
    all.stream().filter(filter::matches).forEach(sink);
  }

  @Override
  public void delete(Digest digest) {
    database.write(
        tx -> {
          BlobRows.delete(tx, namespace, digest);
          Claims.remove(tx, caller, Claims.CONTENT, digest.toString());
          return true;
        });
    raw.addCandidate(digest.toString());
    database.countDeletion();
    database.publish(caller.namespace(), new Event.ContentDelete(digest.toString()));
  }

  @Override
  public ContentReader reader(Digest digest) throws IOException {
    info(digest);
    Handle.Lease<ContentStore> lease = raw.handle().lease();
    try {
      return new LeasedReader(lease.get().reader(digest), lease);
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  @Override
  public IngestStatus status(String ref) throws IOException {
    String backend = database.read(tx -> IngestRows.requireBackend(tx, namespace, ref));
    return named(ref, raw.handle().call(store -> store.status(backend)));
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) throws IOException {
    Map<String, String> backends = database.read(tx -> IngestRows.backends(tx, namespace));
    List<IngestStatus> all = new ArrayList<>();
    raw.handle()
        .run(
            store -> {
              for (Map.Entry<String, String> ingest : backends.entrySet()) {
                addStatus(store, ingest.getKey(), ingest.getValue(), all);
              }
            });
    return all.stream().filter(filter::matches).toList();
  }

  private static void addStatus(
      ContentStore store, String ref, String backend, List<IngestStatus> all) throws IOException {
    try {
      all.add(named(ref, store.status(backend)));
    } catch (NotFoundException e) {
      // shared, or gone since the records were read
    }
  }

  @Override
  public void abort(String ref) throws IOException {
    String backend =
        database.note(
            tx -> {
              String found = IngestRows.requireBackend(tx, namespace, ref);
              IngestRows.findExpected(tx, namespace, ref).ifPresent(raw::addCandidate);
              IngestRows.delete(tx, namespace, ref);
              Claims.remove(tx, caller, Claims.INGESTS, ref);
              return found;
            });
    raw.abort(backend);
  }

  @Override
  public ContentWriter writer(IngestRequest request) throws IOException {
    if (request.ref().isEmpty()) {
      throw new InvalidArgumentException("open ingest: ref must not be empty");
    }
    return new IngestOpening(database, raw, caller, request).open();
  }

  static IngestStatus named(String ref, IngestStatus status) {
    return new IngestStatus(
        ref,
        status.offset(),
        status.total(),
        status.expected(),
        status.startedAt(),
        status.updatedAt());
  }
}
