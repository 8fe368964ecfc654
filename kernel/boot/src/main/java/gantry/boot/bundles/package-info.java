// SPDX-License-Identifier: Apache-2.0
/**
 * Bundles changed at run time.
 *
 * <pre>
 * root/bundles/
 * ├── ‹symbolic name›.jar   wins over the bundle of that name that ships, at the next start too
 * └── ‹symbolic name›.new   being copied
 * </pre>
 */
@NullMarked
package gantry.boot.bundles;

import org.jspecify.annotations.NullMarked;
