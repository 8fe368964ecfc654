// SPDX-License-Identifier: Apache-2.0
/**
 * Applies layers by unpacking them and makes layers by walking two trees. Keeps nothing on disk.
 */
@NullMarked
package gantry.plugins.diff.walking;

import org.jspecify.annotations.NullMarked;
