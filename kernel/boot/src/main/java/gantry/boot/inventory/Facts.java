// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.Handle;
import gantry.plugins.PluginFacts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What plugins tell of themselves, found by one search for all of them. */
final class Facts {
  private final BundleContext context;
  private final Map<Key, ServiceReference<PluginFacts>> references = new HashMap<>();

  Facts(BundleContext context) {
    this.context = context;
    try {
      for (ServiceReference<PluginFacts> reference :
          context.getServiceReferences(PluginFacts.class, null)) {
        if (reference.getProperty(Handle.PLUGIN) instanceof String plugin
            && reference.getBundle() != null) {
          references.put(new Key(plugin, reference.getBundle().getBundleId()), reference);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a plugin tells; null if it does not serve, or tells nothing. */
  @Nullable PluginFacts of(PluginRow row) {
    ServiceReference<PluginFacts> reference =
        row.serves()
            ? references.get(new Key(row.uri().toString(), row.bundle().getBundleId()))
            : null;
    return reference == null ? null : context.getService(reference);
  }

  private record Key(String plugin, long bundle) {}
}
