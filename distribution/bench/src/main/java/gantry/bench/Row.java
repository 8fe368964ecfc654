// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

/** One subject of measurement; may give several figures. */
interface Row {
  /** The name that {@code ROWS} knows it by. */
  String name();

  /**
   * Measures.
   *
   * @throws Exception if a figure cannot be had; the row counts as broken then
   */
  void measure(Stage stage, Report report) throws Exception;
}
