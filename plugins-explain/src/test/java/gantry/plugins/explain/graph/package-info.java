// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.explain.graph;

import org.jspecify.annotations.NullMarked;
