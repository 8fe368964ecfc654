// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.boot.inventory.Reasons.Outcome;
import gantry.errors.InvalidArgumentException;
import gantry.oci.Platform;
import gantry.plugins.Handle;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginFacts;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.PluginUri;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** The inventory, asked from the service component runtime each time. */
public final class Inventory implements PluginInventory {
  private static final int CHAIN_MAX = 8;

  private final BundleContext context;
  private final Reasons reasons;

  /** An inventory of all components in the framework. */
  public Inventory(BundleContext context, HostConditions conditions) {
    this.context = context;
    this.reasons = new Reasons(conditions::missing);
  }

  @Override
  public List<PluginStatus> plugins() {
    Map<String, Row> rows = rows();
    List<PluginStatus> plugins = new ArrayList<>();
    rows.values().forEach(row -> plugins.add(status(row, rows)));
    plugins.sort(
        Comparator.comparing((PluginStatus plugin) -> plugin.uri().type())
            .thenComparing(plugin -> plugin.uri().id()));
    return plugins;
  }

  @Override
  public List<PluginDetail> details() {
    return plugins().stream()
        .map(plugin -> new PluginDetail(plugin, false, Instant.EPOCH, "", "", "", List.of(), ""))
        .toList();
  }

  /** Why a plugin does not serve, in words. */
  public String whyMissing(String plugin) {
    Map<String, Row> rows = rows();
    Row row = rows.get(plugin);
    if (row == null) {
      return "no such plugin is installed";
    }
    Outcome outcome = row.outcome();
    return outcome == null ? "it is starting or being replaced" : reason(outcome, rows, 0);
  }

  /** The components of a bundle that failed to start, with the reasons. */
  public List<String> failures(long bundle) {
    List<String> failures = new ArrayList<>();
    for (Row row : rows().values()) {
      Outcome outcome = row.outcome();
      if (row.bundle() == bundle && row.failure() != null && outcome != null) {
        failures.add(row.uri() + ": " + outcome.reason());
      }
    }
    return failures;
  }

  /** Stack traces of plugins that failed to start, by URI. */
  public Map<String, String> traces() {
    Map<String, String> traces = new TreeMap<>();
    for (Row row : rows().values()) {
      String failure = row.failure();
      if (failure != null) {
        traces.put(row.uri().toString(), failure);
      }
    }
    return traces;
  }

  private Map<String, Row> rows() {
    Map<String, Row> rows = new TreeMap<>();
    DormantPlugins.find(context)
        .forEach((name, outcome) -> put(rows, name, Row.NO_BUNDLE, Map.of(), outcome, null));
    ServiceReference<ServiceComponentRuntime> reference =
        context.getServiceReference(ServiceComponentRuntime.class);
    ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
    if (runtime == null) {
      return rows;
    }
    for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
      Collection<ComponentConfigurationDTO> components =
          runtime.getComponentConfigurationDTOs(description);
      if (components.isEmpty()) {
        Outcome disabled = new Outcome(State.SKIP, "disabled by its bundle");
        Object name = description.properties.get(Handle.PLUGIN);
        put(rows, name, description.bundle.id, description.properties, disabled, null);
      }
      for (ComponentConfigurationDTO component : components) {
        Object name = component.properties.get(Handle.PLUGIN);
        Outcome outcome = reasons.of(component);
        put(
            rows,
            name,
            description.bundle.id,
            component.properties,
            outcome,
            component.state == ComponentConfigurationDTO.FAILED_ACTIVATION
                ? component.failure
                : null);
      }
    }
    return rows;
  }

  private static void put(
      Map<String, Row> rows,
      @Nullable Object name,
      long bundle,
      Map<String, Object> properties,
      @Nullable Outcome outcome,
      @Nullable String failure) {
    if (name instanceof String plugin) {
      try {
        PluginUri uri = PluginUri.parse(plugin);
        rows.put(plugin, new Row(uri, bundle, properties, outcome, failure));
      } catch (InvalidArgumentException e) {
        // A component that misnames itself is no plugin; its bundle's own tests say so.
      }
    }
  }

  private PluginStatus status(Row row, Map<String, Row> rows) {
    Optional<PluginFacts> facts = row.outcome() == null ? facts(row.uri()) : Optional.empty();
    Outcome outcome = row.outcome();
    return new PluginStatus(
        row.uri(),
        texts(row.properties().get("plugin.requires")),
        Boolean.TRUE.equals(row.properties().get("plugin.platform"))
            ? List.of(hostPlatform())
            : List.of(),
        facts.map(PluginFacts::exports).orElse(Map.of()),
        facts.map(PluginFacts::capabilities).orElse(Set.of()).stream().sorted().toList(),
        outcome == null ? State.OK : outcome.state(),
        outcome == null ? null : reason(outcome, rows, 0));
  }

  /** Follows who waits for whom to where the trouble is. */
  private static String reason(Outcome outcome, Map<String, Row> rows, int depth) {
    String plugin = outcome.waitsFor();
    if (plugin == null || depth == CHAIN_MAX) {
      return outcome.reason();
    }
    Row row = rows.get(plugin);
    if (row == null) {
      return outcome.reason() + ": no such plugin is installed";
    }
    Outcome inner = row.outcome();
    return inner == null
        ? outcome.reason()
        : outcome.reason() + ": " + reason(inner, rows, depth + 1);
  }

  private Optional<PluginFacts> facts(PluginUri uri) {
    try {
      for (ServiceReference<PluginFacts> reference :
          context.getServiceReferences(
              PluginFacts.class, "(%s=%s)".formatted(Handle.PLUGIN, uri))) {
        PluginFacts facts = context.getService(reference);
        if (facts != null) {
          return Optional.of(facts);
        }
      }
      return Optional.empty();
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> texts(@Nullable Object value) {
    if (value instanceof String[] array) {
      return List.of(array);
    }
    return value instanceof String text ? List.of(text) : List.of();
  }

  private static String hostPlatform() {
    return String.valueOf(Platform.host());
  }

  /**
   * What is known of a plugin.
   *
   * @param outcome what keeps it from serving; null if nothing does
   * @param failure the stack trace of its start; null if that did not fail
   */
  private record Row(
      PluginUri uri,
      long bundle,
      Map<String, Object> properties,
      @Nullable Outcome outcome,
      @Nullable String failure) {
    static final long NO_BUNDLE = -1;
  }
}
