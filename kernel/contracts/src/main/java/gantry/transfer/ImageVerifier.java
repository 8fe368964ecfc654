// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import gantry.oci.Descriptor;
import gantry.plugins.Contract;
import java.io.IOException;

/**
 * Judges an image before anything of it is fetched but its descriptor. Every one there is must
 * agree. Safe for concurrent use.
 */
@Contract
public interface ImageVerifier {
  /**
   * Judges.
   *
   * @param name the image as it was asked for
   * @param target what the name stands for
   * @throws gantry.errors.GantryException if no judgement can be made, which ends the pull too
   */
  Judgement verify(String name, Descriptor target) throws IOException;

  /**
   * What came of it.
   *
   * @param reason for people
   */
  record Judgement(boolean ok, String reason) {}
}
