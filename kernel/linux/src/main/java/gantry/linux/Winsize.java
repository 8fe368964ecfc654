// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

/** The size of a terminal in characters, each 0 to 65535. */
public record Winsize(int columns, int rows) {}
