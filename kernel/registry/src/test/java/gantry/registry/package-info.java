// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.registry;

import org.jspecify.annotations.NullMarked;
