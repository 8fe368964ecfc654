// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.boot.inventory;

import org.jspecify.annotations.NullMarked;
