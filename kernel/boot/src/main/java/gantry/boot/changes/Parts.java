// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.boot.config.Timeouts;
import gantry.boot.handles.Traffic;
import gantry.boot.inventory.ComponentState;
import java.util.List;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * What changes are made with.
 *
 * @param states says of a bundle how its components are
 */
record Parts(
    BundleContext context,
    Traffic traffic,
    Timeouts timeouts,
    Rooms rooms,
    BundleStore store,
    JarReader reader,
    Linkage linkage,
    Dependents dependents,
    Function<Bundle, List<ComponentState>> states) {}
