// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.plugins.BundleSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The version that is to serve.
 *
 * @param kept the kept jar it is, which is then not one of those before any more; null if it is
 *     none
 * @param shipped whether it is what ships, so that no jar of ours wins any more
 */
record Wanted(BundleSource source, @Nullable Path kept, boolean shipped) {
  /** A jar that somebody named. */
  static Wanted of(BundleSource source) {
    return new Wanted(source, null, false);
  }

  static Wanted kept(Path jar) {
    return new Wanted(new BundleSource(jar.toString(), ""), jar, false);
  }

  static Wanted shipped(Path jar) {
    return new Wanted(new BundleSource(jar.toString(), ""), null, true);
  }
}
