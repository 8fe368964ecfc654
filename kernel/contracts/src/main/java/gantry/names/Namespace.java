// SPDX-License-Identifier: Apache-2.0
package gantry.names;

import gantry.errors.FailedPreconditionException;
import org.jspecify.annotations.Nullable;

/** The name of a namespace: the tenant that every object but a raw blob belongs to. */
public record Namespace(String name) {
  /** Validates the name by {@link Identifier}. */
  public Namespace {
    Identifier.require(name);
  }

  /**
   * Parses the value of a request's namespace header.
   *
   * @throws FailedPreconditionException if the header is absent or empty
   * @throws gantry.errors.InvalidArgumentException if it is not an identifier
   */
  public static Namespace ofHeader(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      throw new FailedPreconditionException("namespace is required: failed precondition");
    }
    return new Namespace(Identifier.require("namespace validation", header));
  }

  @Override
  public String toString() {
    return name;
  }
}
