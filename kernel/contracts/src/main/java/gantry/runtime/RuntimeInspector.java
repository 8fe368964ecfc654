// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.plugins.Contract;
import gantry.typed.TypedValue;
import org.jspecify.annotations.Nullable;

/** Asks what would run tasks about itself, without running any. Safe for concurrent use. */
@Contract
public interface RuntimeInspector {
  /**
   * What a runtime says of itself.
   *
   * @param runtime its name, or the path of its program
   * @param options of the runtime, or null
   * @return a {@code containerd.types.RuntimeInfo}
   * @throws gantry.errors.UnknownException if there is no such runtime, or it cannot tell
   */
  TypedValue inspect(String runtime, @Nullable TypedValue options);
}
