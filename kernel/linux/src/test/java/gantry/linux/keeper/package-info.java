// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.linux.keeper;

import org.jspecify.annotations.NullMarked;
