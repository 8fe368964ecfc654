// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.cli.transfer;

import org.jspecify.annotations.NullMarked;
