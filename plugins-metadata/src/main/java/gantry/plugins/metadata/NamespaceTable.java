// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.names.Namespace;
import gantry.namespaces.NamespaceInfo;
import gantry.namespaces.Namespaces;
import gantry.store.LabelColumn;
import gantry.store.LabelUpdate;
import gantry.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of namespaces. */
final class NamespaceTable implements Namespaces {
  private static final List<String> OWNED = List.of("claim", "lease", "ingest");

  private final Database database;

  NamespaceTable(Database database) {
    this.database = database;
  }

  /** Makes the namespace if it is not there: any write into it does. */
  static void ensure(Transaction tx, Namespace namespace) {
    tx.run("INSERT OR IGNORE INTO namespace (name, labels) VALUES (?, '')", namespace.name());
  }

  @Override
  public Labels labels(String name) {
    return database.read(tx -> find(tx, name)).orElse(Labels.none());
  }

  @Override
  public List<NamespaceInfo> list(Filter filter) {
    List<NamespaceInfo> all =
        database.read(
            tx ->
                tx.list(
                    "SELECT name, labels FROM namespace ORDER BY name",
                    row -> new NamespaceInfo(row.text(1), LabelColumn.labels(row.text(2)))));
    return all.stream()
        .filter(namespace -> filter.matches(path -> field(namespace, path)))
        .toList();
  }

  @Override
  public NamespaceInfo create(NamespaceInfo namespace) {
    Namespace name = new Namespace(namespace.name());
    database.write(
        tx -> {
          if (find(tx, name.name()).isPresent()) {
            throw new AlreadyExistsException("namespace \"%s\": already exists".formatted(name));
          }
          return tx.run(
              "INSERT INTO namespace (name, labels) VALUES (?, ?)",
              name.name(),
              LabelColumn.encode(namespace.labels()));
        });
    database.publish(name, new Event.NamespaceCreate(name.name(), namespace.labels().map()));
    return namespace;
  }

  @Override
  public NamespaceInfo update(NamespaceInfo namespace, FieldPaths paths) {
    Namespace name = new Namespace(namespace.name());
    for (String path : paths.paths()) {
      if (!path.startsWith("labels.")) {
        throw new InvalidArgumentException("cannot update \"%s\" field".formatted(path));
      }
    }
    database.write(
        tx -> {
          ensure(tx, name);
          Labels old = find(tx, name.name()).orElse(Labels.none());
          Labels labels = LabelUpdate.apply(old, namespace.labels(), paths, "namespace " + name);
          return tx.run(
              "UPDATE namespace SET labels = ? WHERE name = ?",
              LabelColumn.encode(labels),
              name.name());
        });
    database.publish(name, new Event.NamespaceUpdate(name.name(), namespace.labels().map()));
    return namespace;
  }

  @Override
  public void delete(String name) {
    Namespace namespace = new Namespace(name);
    database.write(
        tx -> {
          List<String> rest = rest(tx, name);
          if (!rest.isEmpty()) {
            throw new FailedPreconditionException(
                "namespace \"%s\" must be empty, but it still has %s"
                    .formatted(name, String.join(", ", rest)));
          }
          if (tx.run("DELETE FROM namespace WHERE name = ?", name) == 0) {
            throw new NotFoundException("namespace \"%s\": not found".formatted(name));
          }
          OWNED.forEach(table -> tx.run("DELETE FROM " + table + " WHERE ns = ?", name));
          return true;
        });
    database.publish(namespace, new Event.NamespaceDelete(name));
  }

  private static Optional<Labels> find(Transaction tx, String name) {
    return tx.find(
        "SELECT labels FROM namespace WHERE name = ?",
        row -> LabelColumn.labels(row.text(1)),
        name);
  }

  /** What keeps a namespace from being deleted, in the words clients know. */
  private static List<String> rest(Transaction tx, String name) {
    List<String> rest = new ArrayList<>();
    if (tx.exists("SELECT 1 FROM image WHERE ns = ?", name)) {
      rest.add("images");
    }
    if (tx.exists("SELECT 1 FROM blob WHERE ns = ?", name)) {
      rest.add("blobs");
    }
    if (tx.exists("SELECT 1 FROM container WHERE ns = ?", name)) {
      rest.add("containers");
    }
    if (tx.exists("SELECT 1 FROM sandbox WHERE ns = ?", name)) {
      rest.add("sandboxes");
    }
    tx.each(
        "SELECT DISTINCT snapshotter FROM snapshot WHERE ns = ? ORDER BY snapshotter",
        row -> rest.add("snapshots on \"%s\" snapshotter".formatted(row.text(1))),
        name);
    return rest;
  }

  private static Optional<String> field(NamespaceInfo namespace, List<String> path) {
    return switch (path.getFirst()) {
      case "name" -> Optional.of(namespace.name());
      case "labels" -> namespace.labels().find(String.join(".", path.subList(1, path.size())));
      default -> Optional.empty();
    };
  }
}
