// SPDX-License-Identifier: Apache-2.0
/**
 * Names, labels, leases, and namespaced views on the raw stores.
 *
 * <pre>
 * meta.db
 * ├── namespace   name, labels
 * ├── image       ns, name → target, labels, annotations, times
 * ├── container   ns, id → image, runtime, spec, snapshotter, snapshot, sandbox, labels, times
 * ├── extension   ns, container, name → typed value
 * ├── sandbox     ns, id → runtime, spec, sandboxer, labels, times
 * ├── sandbox_extension  ns, sandbox, name → typed value
 * ├── lease       ns, id → labels, time
 * ├── claim       ns, lease, type, id: what a lease keeps
 * ├── blob        ns, digest → size, labels, times
 * ├── ingest      ns, ref → ref in the raw store, expiry, digest that is or will be its blob's
 * ├── snapshot    ns, snapshotter, name → key in the raw snapshotter, parent, labels, times
 * ├── intent      what is being done in a raw snapshotter, and by which process
 * ├── touched     which records changed, in order; see Outbox
 * ├── released    why an object may have lost its last root
 * ├── collection  who collects, and from where on it needs touched
 * └── counter     changes: transactions so far; sequence: last number in a raw ref
 *
 * names.log       the same names and labels as lines, see NameLine and NameRows
 *
 * labels and annotations are written as gantry.store.LabelColumn says, times in nanoseconds
 * </pre>
 *
 * <p>A call that needs a raw store goes in three steps, no two in one transaction: a record of what
 * will be done, the raw store, a record of the outcome. The first need not outlive a loss of power:
 * what is lost is only which object in the raw store is nobody's, and the next collection finds
 * that out. The collection reads the raw store first and the records after, so what it sees there
 * without a record never had one.
 */
@NullMarked
package gantry.plugins.metadata;

import org.jspecify.annotations.NullMarked;
