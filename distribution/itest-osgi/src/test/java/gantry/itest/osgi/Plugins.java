// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import gantry.plugins.Handle;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** What a bundle sees of the plugins beside it. */
record Plugins(BundleContext context) {
  private static final long PATIENCE_MILLIS = 20_000;

  /** The bundle of this name. */
  Bundle bundle(String name) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> name.equals(bundle.getSymbolicName()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no bundle " + name));
  }

  /** The bundles of the plugins that ship. */
  List<Bundle> bundles() {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> bundle.getLocation().contains("/plugins/gantry.plugins."))
        .toList();
  }

  /** The handle of a plugin; waits until it is published. */
  <T> Handle<T> handle(Class<T> contract, String plugin) throws Exception {
    String filter =
        "(&(objectClass=%s)(%s=%s)(%s=%s))"
            .formatted(
                Handle.class.getName(), Handle.CONTRACT, contract.getName(), Handle.PLUGIN, plugin);
    ServiceTracker<Handle<T>, Handle<T>> tracker =
        new ServiceTracker<>(context, context.createFilter(filter), null);
    tracker.open();
    try {
      Handle<T> handle = tracker.waitForService(PATIENCE_MILLIS);
      if (handle == null) {
        throw new AssertionError("no handle of " + contract + " of " + plugin);
      }
      return handle;
    } finally {
      tracker.close();
    }
  }

  /** All handles of a plugin. */
  Collection<ServiceReference<Handle<?>>> handles(String plugin) throws InvalidSyntaxException {
    @SuppressWarnings({"unchecked", "rawtypes"}) // no class literal has the parameter
    Class<Handle<?>> type = (Class) Handle.class;
    return context.getServiceReferences(type, "(%s=%s)".formatted(Handle.PLUGIN, plugin));
  }

  /** All who provide this contract for a plugin. */
  <T> Collection<ServiceReference<T>> providers(Class<T> contract, String plugin)
      throws InvalidSyntaxException {
    return context.getServiceReferences(contract, "(%s=%s)".formatted(Handle.PLUGIN, plugin));
  }
}
