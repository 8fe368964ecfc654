// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.shell;

import org.jspecify.annotations.NullMarked;
