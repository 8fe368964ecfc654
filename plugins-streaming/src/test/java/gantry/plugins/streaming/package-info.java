// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.streaming;

import org.jspecify.annotations.NullMarked;
