// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.names.Identifier;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.Sandboxes;
import gantry.store.Transaction;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sandbox records of one namespace. Nothing is published of them: that is the controllers'. */
final class SandboxTable implements Sandboxes {
  private static final FieldPaths ALL = FieldPaths.of("labels", "extensions", "spec", "runtime");

  private final Database database;
  private final Caller caller;
  private final String namespace;

  SandboxTable(Database database, Caller caller) {
    this.database = database;
    this.caller = caller;
    this.namespace = caller.namespace().name();
  }

  @Override
  public Sandbox get(String id) {
    return database.read(tx -> require(tx, id));
  }

  @Override
  public List<Sandbox> list(Filter filter) {
    return database.read(tx -> SandboxRows.all(tx, namespace)).stream()
        .filter(filter::matches)
        .toList();
  }

  @Override
  public Sandbox create(Sandbox sandbox) {
    Identifier.require("failed to validate sandbox: invalid sandbox ID", sandbox.id());
    Instant now = database.now();
    Sandbox made = new Draft(sandbox).made(now, now);
    return database.write(
        tx -> {
          NamespaceTable.ensure(tx, caller.namespace());
          if (tx.exists("SELECT 1 FROM sandbox WHERE ns = ? AND id = ?", namespace, made.id())) {
            throw new AlreadyExistsException("sandbox \"%s\": already exists".formatted(made.id()));
          }
          SandboxRows.put(tx, namespace, made);
          return made;
        });
  }

  @Override
  public Sandbox update(Sandbox sandbox, FieldPaths paths) {
    return database.write(
        tx -> {
          Sandbox old = require(tx, sandbox.id());
          if (paths.isEmpty() && !old.runtime().equals(sandbox.runtime())) {
            throw new InvalidArgumentException("sandbox.Runtime.Name field is immutable");
          }
          Draft draft = new Draft(old);
          (paths.isEmpty() ? ALL : paths).paths().forEach(path -> draft.set(path, sandbox));
          Sandbox made = draft.made(old.createdAt(), database.now());
          SandboxRows.put(tx, namespace, made);
          return made;
        });
  }

  @Override
  public void delete(String id) {
    database.write(
        tx -> {
          if (!SandboxRows.delete(tx, namespace, id)) {
            throw missing(id);
          }
          return true;
        });
    database.countDeletion();
  }

  private Sandbox require(Transaction tx, String id) {
    return SandboxRows.find(tx, namespace, id).orElseThrow(() -> missing(id));
  }

  private NotFoundException missing(String id) {
    return new NotFoundException(
        "sandbox \"%s\" in namespace \"%s\": not found".formatted(id, namespace));
  }

  /** A sandbox while a mask is applied to it. */
  private static final class Draft {
    private final Sandbox old;
    private final Map<String, TypedValue> extensions;
    private Labels labels;
    private String runtime;
    private @Nullable TypedValue runtimeOptions;
    private @Nullable TypedValue spec;

    Draft(Sandbox old) {
      this.old = old;
      this.extensions = new HashMap<>(old.extensions());
      this.labels = old.labels();
      this.runtime = old.runtime();
      this.runtimeOptions = old.runtimeOptions();
      this.spec = old.spec();
    }

    void set(String path, Sandbox wanted) {
      switch (path) {
        case "labels" -> labels = wanted.labels();
        case "spec" -> spec = wanted.spec();
        case "runtime" -> {
          runtime = wanted.runtime();
          runtimeOptions = wanted.runtimeOptions();
        }
        case "extensions" -> {
          extensions.clear();
          extensions.putAll(wanted.extensions());
        }
        default -> setOne(path, wanted);
      }
    }

    private void setOne(String path, Sandbox wanted) {
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
            "cannot update \"%s\" field on sandbox \"%s\"".formatted(path, old.id()));
      }
    }

    Sandbox made(Instant createdAt, Instant updatedAt) {
      return new Sandbox(
          old.id(),
          labels,
          runtime,
          runtimeOptions,
          spec,
          old.sandboxer(),
          createdAt,
          updatedAt,
          extensions);
    }
  }
}
