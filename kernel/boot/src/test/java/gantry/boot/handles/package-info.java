// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.boot.handles;

import org.jspecify.annotations.NullMarked;
