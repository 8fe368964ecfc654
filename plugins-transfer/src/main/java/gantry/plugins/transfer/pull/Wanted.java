// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.oci.Descriptor;
import java.util.List;

/**
 * A blob to fetch.
 *
 * @param urls where else it may be had
 * @param isDocument whether it is small and others wait for it, so that it need not queue
 */
record Wanted(Descriptor descriptor, List<String> urls, boolean isDocument) {
  static Wanted document(Descriptor descriptor) {
    return new Wanted(descriptor, List.of(), true);
  }

  static Wanted blob(Descriptor descriptor, List<String> urls) {
    return new Wanted(descriptor, urls, false);
  }
}
