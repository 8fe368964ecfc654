// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.errors.PermissionDeniedException;
import gantry.oci.Descriptor;
import gantry.plugins.Handle;
import gantry.transfer.ImageVerifier;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who may object to an image before it is fetched. Safe for concurrent use. */
public final class Verifiers {
  private static final Logger log = LoggerFactory.getLogger(Verifiers.class);

  /** Verifiers run programs, which have limits of their own. */
  private static final Duration VERIFICATION = Duration.ofMinutes(30);

  private final List<Handle<ImageVerifier>> verifiers = new CopyOnWriteArrayList<>();

  /** One more has come. */
  public void add(Handle<ImageVerifier> verifier) {
    verifiers.add(verifier);
  }

  /** One has gone. */
  public void remove(Handle<ImageVerifier> verifier) {
    verifiers.remove(verifier);
  }

  /**
   * Asks all.
   *
   * @throws PermissionDeniedException if one objects
   */
  void verify(String name, Descriptor target) throws IOException {
    for (Handle<ImageVerifier> verifier : verifiers) {
      ImageVerifier.Judgement judgement =
          verifier
              .within(VERIFICATION)
              .<ImageVerifier.Judgement, IOException>call(v -> v.verify(name, target));
      if (!judgement.ok()) {
        throw new PermissionDeniedException(
            "image verifier %s blocked pull of %s with digest %s for reason: %s"
                .formatted(
                    verifier.plugin().substring(verifier.plugin().lastIndexOf('.') + 1),
                    name,
                    target.digest(),
                    judgement.reason()));
      }
      log.debug("{} allows {}: {}", verifier.plugin(), name, judgement.reason());
    }
  }
}
