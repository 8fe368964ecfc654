// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

/**
 * What triggers write beside every change of a record, whoever makes it: {@code touched} says which
 * objects got a new or changed record or lost theirs, {@code released} why an object may have lost
 * its last root. The first is read by a collection that is under way and by the book of names, the
 * second by the next collection.
 */
final class Outbox {
  static final String TABLES =
      """
      CREATE TABLE touched (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, ns TEXT NOT NULL,
        key TEXT NOT NULL, gone INTEGER NOT NULL);
      CREATE TABLE collection (
        id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, since INTEGER NOT NULL);
      CREATE TABLE released (
        ns TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (ns, type, key)) WITHOUT ROWID;
      CREATE INDEX released_at ON released (at);
      """
          + put("namespace", "namespace", "NEW.name", "''")
          + gone("namespace", "namespace", "OLD.name", "''", "")
          + put("image", "image", "NEW.ns", "NEW.name")
          + gone(
              "image",
              "image",
              "OLD.ns",
              "OLD.name",
              released("OLD.ns", "content", "OLD.digest", "'image ' || OLD.name || ' was deleted'"))
          + """
          CREATE TRIGGER image_moved BEFORE INSERT ON image BEGIN \
          INSERT OR REPLACE INTO released (ns, type, key, reason, at) \
          SELECT ns, 'content', digest, 'image ' || name || ' has another target', \
          unixepoch() FROM image \
          WHERE ns = NEW.ns AND name = NEW.name AND digest <> NEW.digest; END;
          """
          + put("blob", "content", "NEW.ns", "NEW.digest")
          + gone("blob", "content", "OLD.ns", "OLD.digest", "")
          + put("snapshot", "snapshot", "NEW.ns", "NEW.snapshotter || '/' || NEW.name")
          + gone("snapshot", "snapshot", "OLD.ns", "OLD.snapshotter || '/' || OLD.name", "")
          + put("container", "container", "NEW.ns", "NEW.id")
          + gone(
              "container",
              "container",
              "OLD.ns",
              "OLD.id",
              released(
                  "OLD.ns",
                  "snapshot",
                  "OLD.snapshotter || '/' || OLD.snapshot",
                  "'container ' || OLD.id || ' was deleted'"))
          + put("ingest", "ingest", "NEW.ns", "NEW.ref")
          + put("lease", "lease", "NEW.ns", "NEW.id")
          + gone("lease", "lease", "OLD.ns", "OLD.id", "")
          + trigger("claim_put", "INSERT", "claim", claimed("NEW", "0"))
          + trigger(
              "claim_gone",
              "DELETE",
              "claim",
              "INSERT OR REPLACE INTO released (ns, type, key, reason, at) SELECT OLD.ns, "
                  + typeOf("OLD")
                  + ", "
                  + keyOf("OLD")
                  + ", 'lease ' || OLD.lease || ' let go of it', unixepoch()"
                  + " WHERE OLD.type <> 'ingests'; ")
          + trigger("intent_put", "INSERT", "intent", intended("source") + intended("parent"));

  /** For the table that came later. */
  static final String SANDBOXES =
      put("sandbox", "sandbox", "NEW.ns", "NEW.id")
          + gone("sandbox", "sandbox", "OLD.ns", "OLD.id", "");

  private Outbox() {}

  private static String put(String table, String type, String ns, String key) {
    String body = touched(type, ns, key, "0");
    return trigger(table + "_put", "INSERT", table, body)
        + trigger(table + "_changed", "UPDATE", table, body);
  }

  private static String gone(String table, String type, String ns, String key, String more) {
    return trigger(table + "_gone", "DELETE", table, touched(type, ns, key, "1") + more);
  }

  /** On one line: a script is split where a statement ends a line. */
  private static String trigger(String name, String event, String table, String body) {
    return "CREATE TRIGGER %s AFTER %s ON %s BEGIN %sEND;\n".formatted(name, event, table, body);
  }

  private static String touched(String type, String ns, String key, String gone) {
    return "INSERT INTO touched (type, ns, key, gone) VALUES ('%s', %s, %s, %s); "
        .formatted(type, ns, key, gone);
  }

  private static String released(String ns, String type, String key, String reason) {
    return "INSERT OR REPLACE INTO released (ns, type, key, reason, at) VALUES (%s, '%s', %s, %s, "
            .formatted(ns, type, key, reason)
        + "unixepoch()); ";
  }

  private static String claimed(String row, String gone) {
    return "INSERT INTO touched (type, ns, key, gone) VALUES (%s, %s.ns, %s, %s); "
        .formatted(typeOf(row), row, keyOf(row), gone);
  }

  private static String typeOf(String row) {
    return ("CASE %1$s.type WHEN 'content' THEN 'content' WHEN 'ingests' THEN 'ingest'"
            + " WHEN 'images' THEN 'image' ELSE 'snapshot' END")
        .formatted(row);
  }

  private static String keyOf(String row) {
    return "CASE WHEN %1$s.type LIKE 'snapshots/%%' THEN substr(%1$s.type, 11) || '/' || %1$s.id ELSE %1$s.id END"
        .formatted(row);
  }

  private static String intended(String column) {
    return ("INSERT INTO touched (type, ns, key, gone) SELECT 'snapshot', NEW.ns,"
            + " NEW.snapshotter || '/' || NEW.%1$s, 0 WHERE NEW.%1$s <> ''; ")
        .formatted(column);
  }
}
