// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.labels;

import org.jspecify.annotations.NullMarked;
