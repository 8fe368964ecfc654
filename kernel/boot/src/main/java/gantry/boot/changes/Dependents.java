// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.plugins.Admitted;
import gantry.plugins.Handle;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;

/** Who could not go on without a plugin. */
final class Dependents {
  private static final Set<String> OFFERS =
      Set.of(Handle.class.getName(), Admitted.class.getName());

  private final BundleContext context;
  private final Rooms rooms;

  Dependents(BundleContext context, Rooms rooms) {
    this.context = context;
    this.rooms = rooms;
  }

  /**
   * The components of other bundles that must have something which only these plugins offer,
   * sorted.
   */
  List<String> of(Bundle bundle, Collection<String> plugins) {
    Set<String> dependents = new TreeSet<>();
    ServiceReference<ServiceComponentRuntime> reference =
        context.getServiceReference(ServiceComponentRuntime.class);
    ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
    if (runtime == null || plugins.isEmpty()) {
      return List.of();
    }
    for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
      if (description.bundle.id != bundle.getBundleId() && !rooms.isAside(description.bundle.id)) {
        for (ComponentConfigurationDTO component :
            runtime.getComponentConfigurationDTOs(description)) {
          if (depends(component, plugins)) {
            dependents.add(description.name);
          }
        }
      }
    }
    return List.copyOf(dependents);
  }

  private boolean depends(ComponentConfigurationDTO component, Collection<String> plugins) {
    for (SatisfiedReferenceDTO satisfied : component.satisfiedReferences) {
      ReferenceDTO declared = declared(component, satisfied.name);
      if (declared != null
          && OFFERS.contains(declared.interfaceName)
          && declared.cardinality.startsWith("1")
          && Arrays.stream(satisfied.boundServices)
              .anyMatch(service -> contains(plugins, service.properties.get(Handle.PLUGIN)))
          && !othersOffer(declared.interfaceName, satisfied.target, plugins)) {
        return true;
      }
    }
    return false;
  }

  private boolean othersOffer(String type, @Nullable String target, Collection<String> plugins) {
    try {
      ServiceReference<?>[] offers = context.getServiceReferences(type, target);
      return offers != null
          && Arrays.stream(offers)
              .anyMatch(offer -> !contains(plugins, offer.getProperty(Handle.PLUGIN)));
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean contains(Collection<String> plugins, @Nullable Object plugin) {
    return plugin instanceof String uri && plugins.contains(uri);
  }

  private static @Nullable ReferenceDTO declared(ComponentConfigurationDTO component, String name) {
    for (ReferenceDTO reference : component.description.references) {
      if (reference.name.equals(name)) {
        return reference;
      }
    }
    return null;
  }
}
