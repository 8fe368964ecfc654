// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.events;

import org.jspecify.annotations.NullMarked;
