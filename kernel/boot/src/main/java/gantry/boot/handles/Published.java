// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.plugins.Handle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the kernel tells of a provider in its own registration: the provider's properties. */
final class Published {
  private static final Logger LOG = LoggerFactory.getLogger(Published.class);
  private static final Set<String> OWN =
      Set.of(
          Constants.OBJECTCLASS,
          Constants.SERVICE_ID,
          Constants.SERVICE_SCOPE,
          Constants.SERVICE_BUNDLEID);

  private Published() {}

  /** Properties for a registration that stands for a provider. */
  static Map<String, Object> properties(
      ServiceReference<?> provider, String contract, String plugin) {
    Map<String, Object> properties = new HashMap<>();
    for (String key : provider.getPropertyKeys()) {
      Object value = provider.getProperty(key);
      if (!OWN.contains(key) && !key.startsWith("component.") && value != null) {
        properties.put(key, value);
      }
    }
    properties.put(Handle.CONTRACT, contract);
    properties.put(Handle.PLUGIN, plugin);
    return properties;
  }

  /** Tells of other properties, if they differ: each telling costs all who look. */
  static void change(ServiceRegistration<?> registration, Map<String, Object> properties) {
    try {
      ServiceReference<?> now = registration.getReference();
      boolean same =
          Arrays.stream(now.getPropertyKeys()).filter(key -> !OWN.contains(key)).count()
                  == properties.size()
              && properties.entrySet().stream()
                  .allMatch(
                      entry ->
                          Objects.deepEquals(now.getProperty(entry.getKey()), entry.getValue()));
      if (!same) {
        registration.setProperties(FrameworkUtil.asDictionary(properties));
      }
    } catch (IllegalStateException e) {
      LOG.debug("a registration was withdrawn meanwhile");
    }
  }

  /** Withdraws a registration. Idempotent. */
  static void withdraw(ServiceRegistration<?> registration) {
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      LOG.debug("a registration went with the framework, or twice");
    }
  }
}
