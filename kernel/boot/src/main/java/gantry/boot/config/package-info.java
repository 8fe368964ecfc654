// SPDX-License-Identifier: Apache-2.0
/**
 * From {@code config.toml} to settings.
 *
 * <pre>
 * ConfigLoader   main file, then what it imports, breadth first
 *   TomlFile       one file as a tree, every syntax error in it
 *   Shapes         which keys there are and what they hold
 *   Migration      versions 1 to 3 into 4, one step after another
 *   Merge          later files over earlier ones
 * DaemonConfig   the outcome
 * </pre>
 */
@NullMarked
package gantry.boot.config;

import org.jspecify.annotations.NullMarked;
