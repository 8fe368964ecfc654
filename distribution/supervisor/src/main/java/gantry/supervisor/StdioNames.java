// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

/** Where a process's streams go as the caller named it: paths or URIs, empty for none. */
record StdioNames(String stdin, String stdout, String stderr, boolean terminal) {
  static final StdioNames NONE = new StdioNames("", "", "", false);
}
