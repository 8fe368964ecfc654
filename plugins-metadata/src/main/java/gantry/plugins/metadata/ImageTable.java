// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.images.Image;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.store.LabelColumn;
import gantry.store.Row;
import gantry.store.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The images of one namespace. */
final class ImageTable implements Images {
  private static final String SELECT =
      "SELECT name, labels, media_type, digest, size, annotations, created, updated FROM image"
          + " WHERE ns = ?";

  private final Database database;
  private final Caller caller;
  private final String namespace;

  ImageTable(Database database, Caller caller) {
    this.database = database;
    this.caller = caller;
    this.namespace = caller.namespace().name();
  }

  @Override
  public Image get(String name) {
    return database.read(tx -> require(tx, name));
  }

  @Override
  public List<Image> list(Filter filter) {
    List<Image> all =
        database.read(tx -> tx.list(SELECT + " ORDER BY name", ImageTable::image, namespace));
    return all.stream().filter(filter::matches).toList();
  }

  @Override
  public Image create(Image image, @Nullable Instant sourceDateEpoch) {
    requireComplete(image);
    Instant now = sourceDateEpoch == null ? database.now() : sourceDateEpoch;
    Image made = new Image(image.name(), image.labels(), image.target(), now, now);
    database.write(
        tx -> {
          NamespaceTable.ensure(tx, caller.namespace());
          claim(tx, made);
          if (tx.exists(SELECT + " AND name = ?", namespace, made.name())) {
            throw new AlreadyExistsException("image \"%s\": already exists".formatted(made.name()));
          }
          put(tx, namespace, made);
          return true;
        });
    database.publish(caller.namespace(), new Event.ImageCreate(made.name(), made.labels().map()));
    return made;
  }

  @Override
  public Image update(Image image, FieldPaths paths, @Nullable Instant sourceDateEpoch) {
    if (image.name().isEmpty()) {
      throw new InvalidArgumentException("image name is required for update");
    }
    Instant now = sourceDateEpoch == null ? database.now() : sourceDateEpoch;
    Image updated =
        database.write(
            tx -> {
              Image old = require(tx, image.name());
              Image wanted = masked(old, image, paths);
              requireComplete(wanted);
              Image made =
                  new Image(old.name(), wanted.labels(), wanted.target(), old.createdAt(), now);
              claim(tx, made);
              put(tx, namespace, made);
              return made;
            });
    database.publish(
        caller.namespace(), new Event.ImageUpdate(updated.name(), updated.labels().map()));
    return updated;
  }

  @Override
  public void delete(String name, @Nullable Digest target) {
    database.write(
        tx -> {
          Image old = require(tx, name);
          if (target != null && !old.target().digest().equals(target)) {
            throw new NotFoundException(
                "image \"%s\" has target %s, not %s: not found"
                    .formatted(name, old.target().digest(), target));
          }
          Claims.remove(tx, caller, Claims.IMAGES, name);
          return tx.run("DELETE FROM image WHERE ns = ? AND name = ?", namespace, name);
        });
    database.countDeletion();
    database.publish(caller.namespace(), new Event.ImageDelete(name));
  }

  private Image require(Transaction tx, String name) {
    return tx.find(SELECT + " AND name = ?", ImageTable::image, namespace, name)
        .orElseThrow(() -> new NotFoundException("image \"%s\": not found".formatted(name)));
  }

  /** An image without an expiry is a root by itself and needs no lease. */
  private void claim(Transaction tx, Image image) {
    if (image.labels().find(WellKnown.GC_EXPIRE).isPresent()) {
      Claims.add(tx, caller, Claims.IMAGES, image.name());
    }
  }

  static void put(Transaction tx, String namespace, Image image) {
    tx.run(
        "INSERT OR REPLACE INTO image (ns, name, labels, media_type, digest, size, annotations,"
            + " created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        namespace,
        image.name(),
        LabelColumn.encode(image.labels()),
        image.target().mediaType(),
        image.target().digest().toString(),
        image.target().size(),
        LabelColumn.encode(image.target().annotations()),
        image.createdAt(),
        image.updatedAt());
  }

  private static Image image(Row row) {
    Descriptor target =
        new Descriptor(
            row.text(3), Digest.parse(row.text(4)), row.number(5), LabelColumn.decode(row.text(6)));
    return new Image(
        row.text(1), LabelColumn.labels(row.text(2)), target, row.time(7), row.time(8));
  }

  private static Image masked(Image old, Image wanted, FieldPaths paths) {
    if (paths.isEmpty()) {
      return wanted;
    }
    Labels labels = old.labels();
    Descriptor target = old.target();
    for (String path : paths.paths()) {
      if (path.equals("labels")) {
        labels = wanted.labels();
      } else if (path.startsWith("labels.")) {
        String key = path.substring("labels.".length());
        labels = labels.with(key, wanted.labels().find(key).orElse(""));
      } else if (path.equals("target")) {
        target = wanted.target();
      } else if (path.equals("annotations")) {
        target = annotated(target, wanted.target().annotations());
      } else if (path.startsWith("annotations.")) {
        target = annotated(target, wanted.target(), path.substring("annotations.".length()));
      } else {
        throw new InvalidArgumentException(
            "cannot update \"%s\" field on image \"%s\"".formatted(path, old.name()));
      }
    }
    return new Image(old.name(), labels, target, old.createdAt(), old.updatedAt());
  }

  private static Descriptor annotated(Descriptor target, Descriptor wanted, String key) {
    Map<String, String> annotations = new HashMap<>(target.annotations());
    String value = wanted.annotations().getOrDefault(key, "");
    if (value.isEmpty()) {
      annotations.remove(key);
    } else {
      annotations.put(key, value);
    }
    return annotated(target, annotations);
  }

  private static Descriptor annotated(Descriptor target, Map<String, String> annotations) {
    return new Descriptor(target.mediaType(), target.digest(), target.size(), annotations);
  }

  private static void requireComplete(Image image) {
    if (image.name().isEmpty()) {
      throw new InvalidArgumentException("image name must not be empty");
    }
    if (image.target().size() <= 0) {
      throw new InvalidArgumentException(
          "image \"%s\": target.Size must be greater than zero".formatted(image.name()));
    }
    if (image.target().mediaType().isEmpty()) {
      throw new InvalidArgumentException(
          "image \"%s\": target.MediaType must be set".formatted(image.name()));
    }
  }
}
