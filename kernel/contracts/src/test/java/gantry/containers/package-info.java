// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.containers;

import org.jspecify.annotations.NullMarked;
