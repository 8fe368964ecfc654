// SPDX-License-Identifier: Apache-2.0
/**
 * When garbage is collected: {@code io.containerd.gc.v1.scheduler}. What garbage is, is the
 * metadata plugin's business. Nothing is kept on disk.
 */
@NullMarked
package gantry.plugins.gc;

import org.jspecify.annotations.NullMarked;
