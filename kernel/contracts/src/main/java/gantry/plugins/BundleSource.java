// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * Where a jar is to be had.
 *
 * @param location an absolute path as the daemon sees it, or an {@code http} or {@code https} URL
 * @param sha256 what the jar's digest must be, 64 digits in hex; may be empty for a path, never for
 *     a URL
 */
public record BundleSource(String location, String sha256) {}
