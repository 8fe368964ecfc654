// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import gantry.metadata.Caller;
import gantry.plugins.Contract;
import java.io.IOException;

/**
 * Moves images between registries, the image store and archives: pull, push, tag, import, export.
 * Safe for concurrent use.
 */
@Contract
public interface Transfers {
  /**
   * Moves an image and returns when it has arrived. Without a lease of the caller's own, one is
   * held meanwhile. Interrupting the calling thread ends it; what had been fetched stays resumable.
   *
   * @param progress told of each step, from several threads but one at a time
   * @throws gantry.errors.UnimplementedException if nothing goes from such a source to such a
   *     destination
   * @throws gantry.errors.NotFoundException if the source does not exist
   * @throws gantry.errors.CanceledException if the thread was interrupted
   * @throws gantry.errors.GantryException of the kind a registry's answer stands for
   */
  void transfer(
      Caller caller, TransferEnd source, TransferEnd destination, ProgressListener progress)
      throws IOException;
}
