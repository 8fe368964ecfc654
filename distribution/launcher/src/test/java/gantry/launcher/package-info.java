// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.launcher;

import org.jspecify.annotations.NullMarked;
