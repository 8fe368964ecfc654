// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

/** The name of a task; both parts are valid identifiers, so they can name directories. */
record TaskKey(String namespace, String id) {
  @Override
  public String toString() {
    return namespace + "/" + id;
  }
}
