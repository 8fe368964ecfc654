// SPDX-License-Identifier: Apache-2.0
/**
 * Packs the product: takes the class paths that Maven resolved and {@code ships.list}, and lays out
 * a directory that can be run, copied and moved.
 *
 * <pre>
 * Assemble       main
 * ├── Jar          a jar and what its manifest says
 * ├── Clauses      headers of manifests
 * ├── Exports      what the floor exports to bundles
 * └── Defaults     what components declare as their configuration, as TOML
 * </pre>
 */
@NullMarked
package gantry.daemon;

import org.jspecify.annotations.NullMarked;
