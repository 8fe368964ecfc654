// SPDX-License-Identifier: Apache-2.0
/**
 * Black-box tests of an installed Gantry: real clients, real runc, a real registry, and a real
 * containerd as the oracle.
 */
@NullMarked
package gantry.itest;

import org.jspecify.annotations.NullMarked;
