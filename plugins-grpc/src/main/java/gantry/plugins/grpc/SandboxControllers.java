// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.plugins.Handle;
import gantry.sandboxes.SandboxController;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The sandbox controllers there are, by name. Safe for concurrent use. */
final class SandboxControllers {
  private final Map<String, Handle<SandboxController>> byName = new ConcurrentHashMap<>();
  private volatile UnaryOperator<String> absent = name -> "";

  /** Sets who tells why a controller is not there, for the end of a message. */
  void explainBy(UnaryOperator<String> absent) {
    this.absent = absent;
  }

  void add(Handle<SandboxController> controller, Map<String, ?> properties) {
    if (properties.get(SandboxController.NAME_PROPERTY) instanceof String name) {
      byName.put(name, controller);
    }
  }

  void remove(Handle<SandboxController> controller) {
    byName.values().removeIf(controller::equals);
  }

  /**
   * The controller of a name.
   *
   * @throws InvalidArgumentException if the name is empty
   * @throws NotFoundException if there is none
   */
  Handle<SandboxController> require(String name) {
    if (name.isEmpty()) {
      throw new InvalidArgumentException("sandbox controller name can not be empty");
    }
    Handle<SandboxController> controller = byName.get(name);
    if (controller == null) {
      throw new NotFoundException(
          "failed to get sandbox controller by %s%s".formatted(name, absent.apply(name)));
    }
    return controller;
  }
}
