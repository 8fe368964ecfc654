// SPDX-License-Identifier: Apache-2.0
/**
 * A registry in the test's own process that misbehaves on request. {@link
 * gantry.testkit.registry.FaultyRegistry} is the way in.
 *
 * <pre>
 * FaultyRegistry     start, content, faults, what was asked
 *  ├ Routes          the distribution API, healthy
 *  ├ RegistryShelf   blobs, manifests, uploads in memory
 *  ├ TokenDesk       bearer and basic authentication
 *  └ Delivery        an answer on its way out, where faults strike
 * TestTls            certificates and keys for one test
 * </pre>
 */
@NullMarked
package gantry.testkit.registry;

import org.jspecify.annotations.NullMarked;
