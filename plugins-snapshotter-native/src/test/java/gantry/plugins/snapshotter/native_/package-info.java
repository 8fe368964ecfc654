// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.snapshotter.native_;

import org.jspecify.annotations.NullMarked;
