// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

/** Says why a literal is not one; the reader of the filter adds where. */
final class QuotedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  QuotedException(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
