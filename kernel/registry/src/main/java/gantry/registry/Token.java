// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

/**
 * A bearer token as it was issued.
 *
 * @param expiresIn seconds, 0 if the issuer did not say
 * @param refreshToken to be had with it, or empty
 */
record Token(String value, long expiresIn, String refreshToken) {
  @Override
  public String toString() {
    return "Token[expiresIn=" + expiresIn + "]";
  }
}
