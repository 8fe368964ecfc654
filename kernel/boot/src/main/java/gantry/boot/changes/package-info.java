// SPDX-License-Identifier: Apache-2.0
/**
 * Bundles changed while the daemon runs.
 *
 * <pre>
 * BundleChanges     one change at a time, each in a thread of its own
 *   Replacement       the steps of a swap, an installation, a rollback
 *     Fetcher           the jar is had
 *     JarReader         it is whole, and a bundle of plugins
 *     Eligibility       it may take the place it wants
 *     Linkage           all it needs is there
 *     Trial             it starts, and is healthy
 *   Removal           the steps when nothing takes the place
 *   Attempt           what is known and what is to be undone
 * DropIn            takes what is dropped into a directory
 *
 * root/bundles/
 * ├── ‹symbolic name›.jar            wins over the bundle of that name that ships
 * ├── kept/‹symbolic name›/‹n›-‹version›.jar   won before; at most three, the highest n was last
 * ├── incoming/                      jars that nobody decided on yet
 * ├── dropped.json                   what was taken from the directory for drop-ins
 * └── history.jsonl                  what was done
 * </pre>
 */
@NullMarked
package gantry.boot.changes;

import org.jspecify.annotations.NullMarked;
