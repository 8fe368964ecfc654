// SPDX-License-Identifier: Apache-2.0
/** Tests of the client, against containerd where it is installed. */
@NullMarked
package gantry.client;

import org.jspecify.annotations.NullMarked;
