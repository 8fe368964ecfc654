// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.IndexEntry;
import gantry.oci.layout.LayoutNames;
import gantry.plugins.metadata.Documents.Document;
import gantry.store.LabelColumn;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which namespaces had which blobs and images: from the book of names, and for what that
 * does not know from the manifests and indexes among the blobs. For one thread.
 */
final class RecoveredContent {
  /** Where blobs go of which nobody knows whose they were. */
  private static final String FALLBACK = "default";

  private final Recovery recovery;
  private final NameBook book;
  private final RebuildReport report;
  private final RecoveredSnapshots snapshots;
  private final Documents documents;
  private final Map<Digest, BlobInfo> present;
  private final Map<String, Set<Digest>> owned = new HashMap<>();
  private final Set<Digest> claimed = new HashSet<>();

  /**
   * Takes what is known.
   *
   * @param present blobs that are there and sound
   */
  RecoveredContent(
      Recovery recovery,
      NameBook book,
      RebuildReport report,
      RecoveredSnapshots snapshots,
      Documents documents,
      Map<Digest, BlobInfo> present) {
    this.recovery = recovery;
    this.book = book;
    this.report = report;
    this.snapshots = snapshots;
    this.documents = documents;
    this.present = present;
  }

  void recover() throws IOException {
    book.all(NameRows.CONTENT).forEach(this::blobByBook);
    for (NameLine line : book.all(NameRows.IMAGE)) {
      imageByBook(line);
    }
    unknown();
  }

  private void blobByBook(NameLine line) {
    Digest digest = Digest.parse(line.field(1));
    BlobInfo found = present.get(digest);
    if (found == null || found.size() != line.number(2)) {
      report.lost(
          "blob %s of namespace %s: %s".formatted(digest, line.field(0), damage(found, line)));
      return;
    }
    put(
        line.field(0),
        new BlobInfo(
            digest,
            found.size(),
            time(line.number(4)),
            time(line.number(5)),
            LabelColumn.labels(line.field(3))));
  }

  private static String damage(@Nullable BlobInfo found, NameLine line) {
    return found == null
        ? "it is not there, or damaged"
        : "it has %d bytes, not %s".formatted(found.size(), line.field(2));
  }

  private void imageByBook(NameLine line) throws IOException {
    String namespace = line.field(0);
    Digest target = Digest.parse(line.field(3));
    if (!present.containsKey(target)) {
      report.lost(
          "image %s of namespace %s: its target %s is not there, or damaged"
              .formatted(line.field(1), namespace, target));
      return;
    }
    adopt(namespace, target);
    Descriptor descriptor =
        new Descriptor(line.field(2), target, line.number(4), LabelColumn.decode(line.field(6)));
    put(
        namespace,
        new Image(
            line.field(1),
            LabelColumn.labels(line.field(5)),
            descriptor,
            time(line.number(7)),
            time(line.number(8))));
  }

  /**
   * What the book says nothing of: images where a document says so, else blobs for somebody to see.
   */
  private void unknown() throws IOException {
    List<Document> found = new ArrayList<>();
    Set<Digest> referred = new HashSet<>();
    for (BlobInfo blob : present.values()) {
      if (!claimed.contains(blob.digest())) {
        documents.find(blob.digest(), blob.size()).ifPresent(found::add);
      }
    }
    found.forEach(
        document ->
            document.children().forEach(child -> referred.add(child.descriptor().digest())));
    for (Document document : found) {
      if (!referred.contains(document.descriptor().digest())) {
        unknownImage(document);
      }
    }
    for (BlobInfo blob : List.copyOf(present.values())) {
      if (!claimed.contains(blob.digest())) {
        adopt(FALLBACK, blob.digest());
        report.recovered("blobs of no known image, now in namespace " + FALLBACK);
      }
    }
  }

  private void unknownImage(Document document) throws IOException {
    adopt(FALLBACK, document.descriptor().digest());
    boolean isNamed = false;
    for (IndexEntry entry : document.entries()) {
      Map<String, String> annotations = entry.descriptor().annotations();
      String name =
          annotations.getOrDefault(
              LayoutNames.IMAGE_NAME, annotations.getOrDefault(LayoutNames.REF_NAME, ""));
      if (!name.isEmpty() && present.containsKey(entry.descriptor().digest())) {
        unknownImage(name, entry.descriptor());
        isNamed = true;
      }
    }
    if (!isNamed) {
      unknownImage("rebuilt@" + document.descriptor().digest(), document.descriptor());
    }
  }

  private void unknownImage(String name, Descriptor target) {
    Instant now = recovery.now();
    put(FALLBACK, new Image(name, Labels.none(), target, now, now));
    report.note(
        "image %s of namespace %s is named by what is in its blobs".formatted(name, FALLBACK));
  }

  /** Gives a namespace a blob and all it refers to, with the labels that keep them together. */
  private void adopt(String namespace, Digest root) throws IOException {
    Deque<Digest> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Digest digest = open.pop();
      BlobInfo blob = present.get(digest);
      if (blob == null || has(namespace, digest)) {
        continue;
      }
      Optional<Document> document = documents.find(digest, blob.size());
      List<Child> children = document.map(Document::children).orElse(List.of());
      Map<String, String> labels = new HashMap<>(Children.gcLabels(children));
      if (document.isEmpty()) {
        labels.putAll(snapshotLabels(namespace, blob));
      }
      put(
          namespace,
          new BlobInfo(digest, blob.size(), blob.createdAt(), blob.updatedAt(), Labels.of(labels)));
      children.forEach(child -> open.push(child.descriptor().digest()));
    }
  }

  /** An image's configuration keeps the snapshots of its layers. */
  private Map<String, String> snapshotLabels(String namespace, BlobInfo blob) throws IOException {
    List<Digest> diffIds = documents.diffIds(blob.digest(), blob.size());
    if (diffIds.isEmpty()) {
      return Map.of();
    }
    String chain = ChainId.of(diffIds).toString();
    Map<String, String> labels = new HashMap<>();
    snapshots
        .snapshotters(namespace, chain)
        .forEach(name -> labels.put(WellKnown.GC_REF_SNAPSHOT + name, chain));
    return labels;
  }

  private boolean has(String namespace, Digest digest) {
    return owned.getOrDefault(namespace, Set.of()).contains(digest);
  }

  private void put(String namespace, BlobInfo blob) {
    recovery.namespace(namespace);
    owned.computeIfAbsent(namespace, name -> new HashSet<>()).add(blob.digest());
    claimed.add(blob.digest());
    recovery.write(
        tx -> {
          BlobRows.insert(tx, namespace, blob);
          recovery.claim(tx, namespace, Claims.CONTENT, blob.digest().toString());
        });
    report.recovered("blobs");
  }

  private void put(String namespace, Image image) {
    recovery.namespace(namespace);
    recovery.write(tx -> ImageTable.put(tx, namespace, image));
    report.recovered("images");
  }

  private static Instant time(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }
}
