// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.boot.changes;

import org.jspecify.annotations.NullMarked;
