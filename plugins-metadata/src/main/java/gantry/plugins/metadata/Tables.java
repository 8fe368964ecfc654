// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.store.Schema;

/** The tables; package-info draws them. */
final class Tables {
  static final Schema SCHEMA =
      Schema.of(
          """
          CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
          INSERT INTO counter (name, value) VALUES ('changes', 0), ('sequence', 0);
          CREATE TABLE namespace (
            name TEXT PRIMARY KEY, labels TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE image (
            ns TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL,
            media_type TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
            annotations TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
            PRIMARY KEY (ns, name)) WITHOUT ROWID;
          CREATE TABLE container (
            ns TEXT NOT NULL, id TEXT NOT NULL, labels TEXT NOT NULL, image TEXT NOT NULL,
            runtime TEXT NOT NULL, options_type TEXT, options BLOB, spec_type TEXT, spec BLOB,
            snapshotter TEXT NOT NULL, snapshot TEXT NOT NULL, sandbox TEXT NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL,
            PRIMARY KEY (ns, id));
          CREATE TABLE extension (
            ns TEXT NOT NULL, container TEXT NOT NULL, name TEXT NOT NULL,
            type TEXT NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (ns, container, name));
          CREATE TABLE lease (
            ns TEXT NOT NULL, id TEXT NOT NULL, labels TEXT NOT NULL, created INTEGER NOT NULL,
            PRIMARY KEY (ns, id)) WITHOUT ROWID;
          CREATE TABLE claim (
            ns TEXT NOT NULL, lease TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
            PRIMARY KEY (ns, lease, type, id)) WITHOUT ROWID;
          CREATE TABLE blob (
            ns TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL, labels TEXT NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL,
            PRIMARY KEY (ns, digest)) WITHOUT ROWID;
          CREATE INDEX blob_digest ON blob (digest);
          CREATE TABLE ingest (
            ns TEXT NOT NULL, ref TEXT NOT NULL, backend TEXT NOT NULL,
            expires INTEGER, expected TEXT,
            PRIMARY KEY (ns, ref)) WITHOUT ROWID;
          CREATE TABLE snapshot (
            ns TEXT NOT NULL, snapshotter TEXT NOT NULL, name TEXT NOT NULL,
            backend TEXT NOT NULL, parent TEXT NOT NULL, labels TEXT NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL,
            PRIMARY KEY (ns, snapshotter, name)) WITHOUT ROWID;
          CREATE INDEX snapshot_parent ON snapshot (ns, snapshotter, parent);
          CREATE INDEX snapshot_backend ON snapshot (snapshotter, backend);
          CREATE TABLE intent (
            id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, kind TEXT NOT NULL,
            ns TEXT NOT NULL, snapshotter TEXT NOT NULL, backend TEXT NOT NULL,
            source TEXT NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL,
            labels TEXT NOT NULL, lease TEXT);
          """,
          Outbox.TABLES,
          """
          CREATE INDEX ingest_expected ON ingest (expected) WHERE expected IS NOT NULL;
          """,
          """
          CREATE TABLE sandbox (
            ns TEXT NOT NULL, id TEXT NOT NULL, labels TEXT NOT NULL, runtime TEXT NOT NULL,
            options_type TEXT, options BLOB, spec_type TEXT, spec BLOB, sandboxer TEXT NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL,
            PRIMARY KEY (ns, id));
          CREATE TABLE sandbox_extension (
            ns TEXT NOT NULL, sandbox TEXT NOT NULL, name TEXT NOT NULL,
            type TEXT NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (ns, sandbox, name));
          """
              + Outbox.SANDBOXES);

  private Tables() {}
}
