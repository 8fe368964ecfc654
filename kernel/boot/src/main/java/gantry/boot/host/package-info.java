// SPDX-License-Identifier: Apache-2.0
/** The daemon and its host: directories, identity, probes. */
@NullMarked
package gantry.boot.host;

import org.jspecify.annotations.NullMarked;
