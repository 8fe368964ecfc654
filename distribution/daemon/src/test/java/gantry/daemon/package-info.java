// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.daemon;

import org.jspecify.annotations.NullMarked;
