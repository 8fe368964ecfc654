// SPDX-License-Identifier: Apache-2.0
/** Who asks whom for what: the model and three ways to draw it. */
@NullMarked
package gantry.plugins.explain.graph;

import org.jspecify.annotations.NullMarked;
