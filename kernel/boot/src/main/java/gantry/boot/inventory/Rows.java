// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.Handle;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.PluginUri;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Reads all plugins from the component runtime and, where that knows them not, from bundles. */
final class Rows {
  private final BundleContext context;
  private final Reasons reasons;

  /** Tells of bundles whose plugins another version stands in for. */
  private final LongPredicate aside;

  Rows(BundleContext context, Reasons reasons, LongPredicate aside) {
    this.context = context;
    this.reasons = reasons;
    this.aside = aside;
  }

  /** All plugins by URI. */
  Map<String, PluginRow> read() {
    Map<String, PluginRow> rows = new TreeMap<>();
    DormantPlugins.find(context).forEach(row -> put(rows, row));
    ServiceReference<ServiceComponentRuntime> reference =
        context.getServiceReference(ServiceComponentRuntime.class);
    ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
    if (runtime != null) {
      for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
        if (description.properties.get(Handle.PLUGIN) instanceof String) {
          read(rows, description, runtime.getComponentConfigurationDTOs(description));
        }
      }
    }
    return rows;
  }

  /** The components of one bundle, also those that are no plugins. */
  List<ComponentState> components(Bundle bundle) {
    ServiceReference<ServiceComponentRuntime> reference =
        context.getServiceReference(ServiceComponentRuntime.class);
    ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
    List<ComponentState> states = new ArrayList<>();
    if (runtime != null) {
      Map<String, PluginRow> all = read();
      for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs(bundle)) {
        for (ComponentConfigurationDTO component :
            runtime.getComponentConfigurationDTOs(description)) {
          states.add(state(description.name, reasons.of(component), all));
        }
      }
    }
    return states;
  }

  private static ComponentState state(
      String name, @Nullable Outcome outcome, Map<String, PluginRow> all) {
    return outcome == null
        ? ComponentState.serving(name)
        : new ComponentState(
            name,
            false,
            outcome.state() == State.SKIP,
            outcome.pending(),
            outcome.plugin(),
            Reasons.chain(outcome, all));
  }

  private void read(
      Map<String, PluginRow> rows,
      ComponentDescriptionDTO description,
      Collection<ComponentConfigurationDTO> components) {
    if (components.isEmpty()) {
      Outcome disabled = Outcome.stuck(State.SKIP, "disabled by its bundle");
      add(rows, description, description.properties, disabled, null);
    }
    for (ComponentConfigurationDTO component : components) {
      add(rows, description, component.properties, reasons.of(component), component);
    }
  }

  private void add(
      Map<String, PluginRow> rows,
      ComponentDescriptionDTO description,
      Map<String, Object> properties,
      @Nullable Outcome outcome,
      @Nullable ComponentConfigurationDTO component) {
    Bundle bundle = context.getBundle(description.bundle.id);
    PluginUri uri = uri(properties.get(Handle.PLUGIN));
    if (bundle != null && uri != null) {
      List<String> offers = List.of(description.serviceInterfaces);
      put(rows, new PluginRow(uri, bundle, properties, offers, outcome, component));
    }
  }

  /** The URI in a component's property; null if it is no plugin, or misnames itself. */
  static @Nullable PluginUri uri(@Nullable Object name) {
    try {
      return name instanceof String text ? PluginUri.parse(text) : null;
    } catch (InvalidArgumentException e) {
      return null;
    }
  }

  /** Of two versions the one that is called counts, else the one that serves, else the newer. */
  private void put(Map<String, PluginRow> rows, PluginRow row) {
    rows.merge(
        row.uri().toString(), row, (before, after) -> counts(after, before) ? after : before);
  }

  private boolean counts(PluginRow row, PluginRow other) {
    boolean stands = !aside.test(row.bundle().getBundleId());
    boolean otherStands = !aside.test(other.bundle().getBundleId());
    if (stands != otherStands) {
      return stands;
    }
    if (row.serves() != other.serves()) {
      return row.serves();
    }
    return row.bundle().getBundleId() > other.bundle().getBundleId();
  }
}
