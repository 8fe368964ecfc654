// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.snapshotter.overlay;

import org.jspecify.annotations.NullMarked;
