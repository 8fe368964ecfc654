// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

/**
 * An object that a collection removes, or would.
 *
 * @param namespace empty for what is in a raw store and in no record
 * @param type {@code content}, {@code snapshot}, {@code image}, {@code lease}, {@code ingest}; of
 *     raw stores {@code blob} and {@code snapshot-data}
 * @param id digest, name, id, ref, or {@code <snapshotter>/<name>}
 * @param bytes what it takes, 0 if nothing or not known; a blob that several namespaces have is
 *     freed with the last
 * @param reason which root went, in words for people
 */
public record Garbage(String namespace, String type, String id, long bytes, String reason) {}
