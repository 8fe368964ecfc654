// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The services that were admitted, by their objects. Safe for concurrent use. */
final class Services {
  /** Which admitted objects are services. */
  static final String TARGET = "(" + Handle.CONTRACT + "=io.grpc.BindableService)";

  private final Map<BindableService, ServerServiceDefinition> known = new ConcurrentHashMap<>();
  private final ServiceRegistry registry;

  Services(ServiceRegistry registry) {
    this.registry = registry;
  }

  ServiceRegistry registry() {
    return registry;
  }

  /** Takes up a service; one that is known already stays as it is. */
  void add(BindableService service, Map<String, Object> properties) {
    ServerServiceDefinition definition = service.bindService();
    if (known.putIfAbsent(service, definition) == null) {
      registry.add(
          new Provider(
              definition, String.valueOf(properties.get(Handle.PLUGIN)), outliving(properties)));
    }
  }

  /** Returns when no call is left in it that must end with it. */
  void remove(BindableService service) {
    ServerServiceDefinition definition = known.remove(service);
    if (definition != null) {
      registry.remove(definition);
    }
  }

  private static Set<String> outliving(Map<String, Object> properties) {
    return switch (properties.get(OutlivingCalls.PROPERTY)) {
      case String[] methods -> Set.of(methods);
      case String method -> Set.of(method);
      case null, default -> Set.of();
    };
  }
}
