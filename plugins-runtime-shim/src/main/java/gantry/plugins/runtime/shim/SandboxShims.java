// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskSandbox;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which shims hold sandboxes, and so the tasks in them. Safe for concurrent use.
 *
 * @param links where the controller of this bundle notes its sandboxes
 */
record SandboxShims(ShimLinks links) {
  private static final String PROTOCOL = "+";

  /**
   * The shim that a task of a sandbox is to be made in.
   *
   * @param sandbox null for none
   * @return empty if the task is to have a shim of its own: where the sandbox's is too old to be
   *     given tasks, its program joins the two, as before there were sandboxes
   */
  Optional<Bootstrap> find(String namespace, @Nullable TaskSandbox sandbox) {
    return sandbox == null
        ? Optional.empty()
        : bootstrap(namespace, sandbox).filter(shim -> shim.version() >= Bootstrap.LATEST);
  }

  private Optional<Bootstrap> bootstrap(String namespace, TaskSandbox sandbox) {
    String address = sandbox.address();
    if (address.isEmpty()) {
      return links.find(new TaskName(namespace, sandbox.id())).flatMap(ShimFiles::bootstrap);
    }
    int plus = address.indexOf(PROTOCOL);
    return Optional.of(
        plus < 0 || plus > address.indexOf("://")
            ? new Bootstrap(sandbox.version(), address, "ttrpc")
            : new Bootstrap(
                sandbox.version(), address.substring(plus + 1), address.substring(0, plus)));
  }
}
