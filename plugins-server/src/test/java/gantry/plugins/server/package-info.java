// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.server;

import org.jspecify.annotations.NullMarked;
