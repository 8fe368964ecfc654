// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.ttrpc;

import org.jspecify.annotations.NullMarked;
