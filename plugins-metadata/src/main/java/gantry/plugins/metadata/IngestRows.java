// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.NotFoundException;
import gantry.oci.Digest;
import gantry.store.Transaction;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ingests as rows: the ref a namespace knows and the ref in the raw store. */
final class IngestRows {
  private IngestRows() {}

  static Optional<String> findBackend(Transaction tx, String namespace, String ref) {
    return tx.find(
        "SELECT backend FROM ingest WHERE ns = ? AND ref = ?", row -> row.text(1), namespace, ref);
  }

  /** The blob that stays because of it. */
  static Optional<String> findExpected(Transaction tx, String namespace, String ref) {
    return tx.find(
        "SELECT expected FROM ingest WHERE ns = ? AND ref = ? AND expected IS NOT NULL",
        row -> row.text(1),
        namespace,
        ref);
  }

  static String requireBackend(Transaction tx, String namespace, String ref) {
    return findBackend(tx, namespace, ref)
        .orElseThrow(() -> new NotFoundException("reference %s: not found".formatted(ref)));
  }

  /** Refs in the raw store by refs of the namespace. */
  static Map<String, String> backends(Transaction tx, String namespace) {
    Map<String, String> backends = new LinkedHashMap<>();
    tx.each(
        "SELECT ref, backend FROM ingest WHERE ns = ? ORDER BY ref",
        row -> backends.put(row.text(1), row.text(2)),
        namespace);
    return backends;
  }

  static String insert(Transaction tx, String namespace, String ref) {
    tx.run("UPDATE counter SET value = value + 1 WHERE name = 'sequence'");
    long sequence = tx.number("SELECT value FROM counter WHERE name = 'sequence'");
    String backend = "%s/%d/%s".formatted(namespace, sequence, ref);
    tx.run("INSERT INTO ingest (ns, ref, backend) VALUES (?, ?, ?)", namespace, ref, backend);
    return backend;
  }

  static void setExpiry(Transaction tx, String namespace, String ref, Instant expires) {
    tx.run("UPDATE ingest SET expires = ? WHERE ns = ? AND ref = ?", expires, namespace, ref);
  }

  /** The blob of this digest is not garbage while the ingest is there. */
  static void setExpected(Transaction tx, String namespace, String ref, @Nullable Digest expected) {
    tx.run(
        "UPDATE ingest SET expected = ? WHERE ns = ? AND ref = ?",
        expected == null ? null : expected.toString(),
        namespace,
        ref);
  }

  static void delete(Transaction tx, String namespace, String ref) {
    tx.run("DELETE FROM ingest WHERE ns = ? AND ref = ?", namespace, ref);
  }
}
