// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

/** Where a process's streams go: FIFO paths or URIs, empty for none. */
public record ProcessIo(String stdin, String stdout, String stderr, boolean terminal) {}
