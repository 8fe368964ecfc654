// SPDX-License-Identifier: Apache-2.0
/**
 * The log: one line per event on standard error, as text or JSON. It is made for a quick start: no
 * configuration file, no appenders, nothing to discover.
 */
@NullMarked
package gantry.boot.log;

import org.jspecify.annotations.NullMarked;
