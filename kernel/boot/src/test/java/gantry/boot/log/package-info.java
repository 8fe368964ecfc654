// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.boot.log;

import org.jspecify.annotations.NullMarked;
