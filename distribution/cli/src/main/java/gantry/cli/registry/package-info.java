// SPDX-License-Identifier: Apache-2.0
/** Options and commands about registries. */
@NullMarked
package gantry.cli.registry;

import org.jspecify.annotations.NullMarked;
