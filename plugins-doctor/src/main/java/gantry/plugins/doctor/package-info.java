// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what was left behind: {@code io.gantry.doctor.v1.doctor}. Each plugin inspects what it
 * owns; this one asks them all, twice, and has mended what it is told to. Nothing is kept on disk.
 *
 * <pre>
 * HouseDoctor      the plugin: who inspects, and what an order asks for
 * ├── Look         all inspectors at once, each with a deadline
 * ├── Diagnosis    what two looks agree on, and what is old enough
 * └── Treatment    mends, and tries again what had to wait for something else
 * </pre>
 */
@NullMarked
package gantry.plugins.doctor;

import org.jspecify.annotations.NullMarked;
