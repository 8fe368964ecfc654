// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.containers.Container;
import gantry.containers.Containers;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.names.Identifier;
import gantry.store.Transaction;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The container records of one namespace. */
final class ContainerTable implements Containers {
  private static final FieldPaths ALL =
      FieldPaths.of("labels", "spec", "extensions", "image", "snapshotkey");

  private final Database database;
  private final Caller caller;
  private final String namespace;

  ContainerTable(Database database, Caller caller) {
    this.database = database;
    this.caller = caller;
    this.namespace = caller.namespace().name();
  }

  @Override
  public Container get(String id) {
    return database.read(tx -> require(tx, id));
  }

  @Override
  public void walk(Filter filter, Consumer<Container> sink) {
    List<Container> all = database.read(tx -> ContainerRows.all(tx, namespace));
    all.stream().filter(filter::matches).forEach(sink);
  }

  @Override
  public Container create(Container container) {
    requireComplete("create container failed validation", container);
    Instant now = database.now();
    Container made = new Draft(container).made(now, now);
    database.write(
        tx -> {
          NamespaceTable.ensure(tx, caller.namespace());
          if (tx.exists("SELECT 1 FROM container WHERE ns = ? AND id = ?", namespace, made.id())) {
            throw new AlreadyExistsException(
                "container \"%s\": already exists".formatted(made.id()));
          }
          ContainerRows.put(tx, namespace, made);
          return true;
        });
    database.publish(
        caller.namespace(),
        new Event.ContainerCreate(made.id(), made.image(), made.runtime(), made.runtimeOptions()));
    return made;
  }

  @Override
  public Container update(Container container, FieldPaths paths) {
    if (container.id().isEmpty()) {
      throw new InvalidArgumentException("must specify a container id");
    }
    Container updated =
        database.write(
            tx -> {
              Container old = require(tx, container.id());
              if (paths.isEmpty()) {
                requireSameNature(old, container);
              }
              Draft draft = new Draft(old);
              (paths.isEmpty() ? ALL : paths).paths().forEach(path -> draft.set(path, container));
              Container made = draft.made(old.createdAt(), database.now());
              requireComplete("update failed validation", made);
              ContainerRows.put(tx, namespace, made);
              return made;
            });
    database.publish(
        caller.namespace(),
        new Event.ContainerUpdate(
            updated.id(), updated.image(), updated.labels().map(), updated.snapshotKey()));
    return updated;
  }

  @Override
  public void delete(String id) {
    database.write(
        tx -> {
          if (!ContainerRows.delete(tx, namespace, id)) {
            throw missing(id);
          }
          return true;
        });
    database.countDeletion();
    database.publish(caller.namespace(), new Event.ContainerDelete(id));
  }

  private Container require(Transaction tx, String id) {
    return ContainerRows.find(tx, namespace, id).orElseThrow(() -> missing(id));
  }

  private NotFoundException missing(String id) {
    return new NotFoundException(
        "container \"%s\" in namespace \"%s\": not found".formatted(id, namespace));
  }

  private static void requireSameNature(Container old, Container wanted) {
    if (!old.snapshotter().equals(wanted.snapshotter())) {
      throw new InvalidArgumentException("container.Snapshotter field is immutable");
    }
    if (!old.runtime().equals(wanted.runtime())) {
      throw new InvalidArgumentException("container.Runtime.Name field is immutable");
    }
  }

  private static void requireComplete(String operation, Container container) {
    Identifier.require(operation + ": container.ID", container.id());
    if (container.extensions().containsKey("")) {
      throw new InvalidArgumentException(
          operation + ": container.Extension keys must not be zero-length");
    }
    if (container.runtime().isEmpty()) {
      throw new InvalidArgumentException(operation + ": container.Runtime.Name must be set");
    }
    if (container.spec() == null) {
      throw new InvalidArgumentException(operation + ": container.Spec must be set");
    }
    if (!container.snapshotKey().isEmpty() && container.snapshotter().isEmpty()) {
      throw new InvalidArgumentException(
          operation + ": container.Snapshotter must be set if container.SnapshotKey is set");
    }
  }

  /** A container while a mask is applied to it. */
  private static final class Draft {
    private final Container old;
    private final Map<String, TypedValue> extensions;
    private Labels labels;
    private @Nullable TypedValue spec;
    private String image;
    private String snapshotKey;

    Draft(Container old) {
      this.old = old;
      this.extensions = new HashMap<>(old.extensions());
      this.labels = old.labels();
      this.spec = old.spec();
      this.image = old.image();
      this.snapshotKey = old.snapshotKey();
    }

    void set(String path, Container wanted) {
      switch (path) {
        case "labels" -> labels = wanted.labels();
        case "spec" -> spec = wanted.spec();
        case "image" -> image = wanted.image();
        case "snapshotkey" -> snapshotKey = wanted.snapshotKey();
        case "extensions" -> {
          extensions.clear();
          extensions.putAll(wanted.extensions());
        }
        default -> setOne(path, wanted);
      }
    }

    private void setOne(String path, Container wanted) {
      if (path.startsWith("labels.")) {
        String key = path.substring("labels.".length());
        labels = labels.with(key, wanted.labels().find(key).orElse(""));
      } else if (path.startsWith("extensions.")) {
        String key = path.substring("extensions.".length());
        TypedValue value = wanted.extensions().get(key);
        if (value == null) {
          extensions.remove(key);
        } else {
          extensions.put(key, value);
        }
      } else {
        throw new InvalidArgumentException(
            "cannot update \"%s\" field on \"%s\"".formatted(path, old.id()));
      }
    }

    Container made(Instant createdAt, Instant updatedAt) {
      return new Container(
          old.id(),
          labels,
          image,
          old.runtime(),
          old.runtimeOptions(),
          spec,
          old.snapshotter(),
          snapshotKey,
          createdAt,
          updatedAt,
          extensions,
          old.sandboxId());
    }
  }
}
