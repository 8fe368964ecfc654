// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.linux.safe;

import org.jspecify.annotations.NullMarked;
