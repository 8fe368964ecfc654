// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.content;

import org.jspecify.annotations.NullMarked;
