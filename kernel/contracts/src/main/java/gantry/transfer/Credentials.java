// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

/** What to show a registry. Their text form never holds the secret. */
public sealed interface Credentials {
  /** Nothing: anonymous. */
  Credentials NONE = new None();

  /** Nothing: anonymous. */
  record None() implements Credentials {}

  /** A name and its password. */
  record Password(String user, String secret) implements Credentials {
    @Override
    public String toString() {
      return "Password[user=" + user + "]";
    }
  }

  /** An OAuth 2 refresh token, also called identity token. */
  record RefreshToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "RefreshToken[]";
    }
  }

  /** The value of an {@code Authorization} header as it is. */
  record Header(String value) implements Credentials {
    @Override
    public String toString() {
      return "Header[]";
    }
  }
}
