// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.explain;

import org.jspecify.annotations.NullMarked;
