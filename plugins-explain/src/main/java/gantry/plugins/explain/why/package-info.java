// SPDX-License-Identifier: Apache-2.0
/** Why a plugin is as it is, in words. */
@NullMarked
package gantry.plugins.explain.why;

import org.jspecify.annotations.NullMarked;
