// SPDX-License-Identifier: Apache-2.0
/**
 * A small embedded store: SQLite in one file, with as little between it and its user as keeps it
 * safe.
 *
 * <pre>
 * callers ──write──► queue ──► writer thread ──► one SQLite transaction for all that wait,
 *                                               a savepoint for each: one fsync, own outcomes
 * callers ──read───► a few connections of their own, each call one consistent snapshot
 *
 * ‹name›.db       the database                 ‹name›.db-wal, -shm   its log, shared with other processes
 * .sqlite/‹v›/    SQLite's native library, unpacked here and not in the directory for temporary files
 * </pre>
 *
 * Work inside a transaction touches the store and nothing else: no other plugin, no file, no lock.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.store;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
