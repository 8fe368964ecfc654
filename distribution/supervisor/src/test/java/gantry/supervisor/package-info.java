// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.supervisor;

import org.jspecify.annotations.NullMarked;
