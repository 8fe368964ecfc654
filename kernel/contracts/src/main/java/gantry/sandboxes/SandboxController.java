// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import gantry.names.Namespace;
import gantry.oci.Platform;
import gantry.plugins.Contract;
import gantry.runtime.TaskMetric;
import java.time.Duration;
import java.util.List;

/**
 * Runs sandboxes in one way. Published with the service property {@code sandboxer}: the name
 * clients choose it by. It knows nothing of sandbox records and publishes no events. Every method
 * but those that say otherwise throws {@link gantry.errors.NotFoundException} for a sandbox that
 * does not exist and {@link gantry.errors.UnavailableException} if what runs it does not answer.
 * Safe for concurrent use.
 */
@Contract
public interface SandboxController {
  /** Service property with the name of the controller. */
  String NAME_PROPERTY = "sandboxer";

  /**
   * Prepares a sandbox; after a failure nothing of it is left.
   *
   * @throws gantry.errors.AlreadyExistsException if there is one of this id
   */
  void create(Namespace namespace, Sandbox sandbox, SandboxCreation creation);

  /** Runs what was prepared; after a failure nothing of the sandbox is left. */
  SandboxStart start(Namespace namespace, String id);

  /** What containers of the sandbox are to be built for. */
  Platform platform(Namespace namespace, String id);

  /**
   * Stops a sandbox with everything in it. One that does not exist is stopped.
   *
   * @param patience before it is killed; zero leaves that to what runs it
   */
  void stop(Namespace namespace, String id, Duration patience);

  /** Blocks until the sandbox has ended. */
  SandboxExit await(Namespace namespace, String id) throws InterruptedException;

  /** What a sandbox is doing; of one that does not exist, an empty state. */
  SandboxStatus status(Namespace namespace, String id, boolean isVerbose);

  /** Frees everything of a sandbox. */
  void shutdown(Namespace namespace, String id);

  /** What the sandbox consumes. */
  TaskMetric metrics(Namespace namespace, String id);

  /** Tells of a changed record. */
  void update(Namespace namespace, Sandbox sandbox, List<String> fields);
}
