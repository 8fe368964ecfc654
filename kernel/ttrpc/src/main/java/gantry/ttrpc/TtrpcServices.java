// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import gantry.errors.UnimplementedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The services a server offers; they may come and go. Safe for concurrent use. */
public final class TtrpcServices {
  private final Map<String, Map<String, TtrpcMethod<?>>> services = new ConcurrentHashMap<>();

  /** Offers a service, in place of one of that name. */
  public TtrpcServices add(String service, List<TtrpcMethod<?>> methods) {
    Map<String, TtrpcMethod<?>> byName = new ConcurrentHashMap<>();
    methods.forEach(method -> byName.put(method.name(), method));
    services.put(service, byName);
    return this;
  }

  /** Offers it no longer. */
  public void remove(String service) {
    services.remove(service);
  }

  TtrpcMethod<?> find(String service, String method) {
    Map<String, TtrpcMethod<?>> methods = services.get(service);
    if (methods == null) {
      throw new UnimplementedException("service " + service);
    }
    TtrpcMethod<?> found = methods.get(method);
    if (found == null) {
      throw new UnimplementedException("method " + method);
    }
    return found;
  }
}
