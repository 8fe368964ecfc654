// SPDX-License-Identifier: Apache-2.0
package gantry.leases;

/**
 * One object a lease keeps.
 *
 * @param type {@code content}, {@code ingests}, {@code images} or {@code snapshots/<snapshotter>}
 * @param id digest, ref, name or key
 */
public record LeaseResource(String type, String id) {}
