// SPDX-License-Identifier: Apache-2.0
/**
 * Networks by the Container Network Interface: programs that are run one after the other.
 *
 * <pre>
 * root/attached/‹container›/      one container; written before the first program runs
 * ├── request.json                what was asked for
 * ├── 0.json                      loopback: the configuration as it was, and its result once there is one
 * ├── 1.json                      eth0
 * └── …
 * </pre>
 */
@NullMarked
package gantry.plugins.cni;

import org.jspecify.annotations.NullMarked;
