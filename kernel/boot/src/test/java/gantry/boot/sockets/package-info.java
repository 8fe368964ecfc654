// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.boot.sockets;

import org.jspecify.annotations.NullMarked;
