// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.oci.Platform;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginFacts;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The inventory, asked from the service component runtime each time. */
public final class Inventory implements PluginInventory, AutoCloseable {
  private static final Comparator<PluginStatus> ORDER =
      Comparator.comparing((PluginStatus plugin) -> plugin.uri().type())
          .thenComparing(plugin -> plugin.uri().id());

  private final BundleContext context;
  private final Rows rows;
  private final Jars jars;
  private final Since since;
  private final Watch watch;
  private volatile LongPredicate aside = bundle -> false;

  /**
   * An inventory of all components in the framework.
   *
   * @param bundles the directory of the jars that were installed
   */
  public Inventory(BundleContext context, HostConditions conditions, Path bundles, Clock clock) {
    this.context = context;
    this.rows = new Rows(context, new Reasons(conditions::missing), bundle -> aside.test(bundle));
    this.jars = new Jars(bundles);
    this.since = new Since(clock);
    this.watch = new Watch(context, since::hint, this::plugins);
  }

  /** Begins to note when plugins change. */
  public void open() {
    watch.open();
  }

  @Override
  public void close() {
    watch.close();
  }

  /** Sets who tells of a bundle that another version stands in for its plugins. */
  public void setAside(LongPredicate aside) {
    this.aside = aside;
  }

  @Override
  public List<PluginStatus> plugins() {
    return look().stream().map(Seen::status).toList();
  }

  @Override
  public List<PluginDetail> details() {
    List<Seen> seen = look();
    List<PluginRow> all = seen.stream().map(Seen::row).toList();
    return seen.stream().map(one -> detail(one, all)).toList();
  }

  /** Why a plugin does not serve, in words. */
  public String whyMissing(String plugin) {
    Map<String, PluginRow> all = rows.read();
    PluginRow row = all.get(plugin);
    if (row == null) {
      return "no such plugin is installed";
    }
    Outcome outcome = row.outcome();
    return outcome == null ? "it is starting or being replaced" : Reasons.chain(outcome, all);
  }

  /** The components of a bundle, also while another version serves. */
  public List<ComponentState> components(Bundle bundle) {
    return rows.components(bundle);
  }

  /** The components of a bundle that failed to start, with the reasons. */
  public List<String> failures(long bundle) {
    List<String> failures = new ArrayList<>();
    for (PluginRow row : rows.read().values()) {
      Outcome outcome = row.outcome();
      if (row.bundle().getBundleId() == bundle && row.failure() != null && outcome != null) {
        failures.add(row.uri() + ": " + outcome.reason());
      }
    }
    return failures;
  }

  /** Stack traces of plugins that failed to start, by URI. */
  public Map<String, String> traces() {
    Map<String, String> traces = new TreeMap<>();
    for (PluginRow row : rows.read().values()) {
      String failure = row.failure();
      if (failure != null) {
        traces.put(row.uri().toString(), failure);
      }
    }
    return traces;
  }

  private List<Seen> look() {
    Since.Look look = since.look();
    Map<String, PluginRow> all = rows.read();
    Facts facts = new Facts(context);
    List<Seen> seen = new ArrayList<>();
    all.values().forEach(row -> seen.add(new Seen(row, status(row, facts.of(row), all))));
    seen.sort(Comparator.comparing(Seen::status, ORDER));
    since.saw(look, seen.stream().map(Seen::status).toList());
    return seen;
  }

  private static PluginStatus status(
      PluginRow row, @Nullable PluginFacts facts, Map<String, PluginRow> all) {
    Outcome outcome = row.outcome();
    Map<String, Object> properties = row.properties();
    return new PluginStatus(
        row.uri(),
        texts(properties.get("plugin.requires")),
        Boolean.TRUE.equals(properties.get("plugin.platform"))
            ? List.of(String.valueOf(Platform.host()))
            : List.of(),
        facts == null ? Map.of() : facts.exports(),
        facts == null ? List.of() : facts.capabilities().stream().sorted().toList(),
        outcome == null ? State.OK : outcome.state(),
        outcome == null ? null : Reasons.chain(outcome, all));
  }

  private PluginDetail detail(Seen seen, List<PluginRow> all) {
    PluginRow row = seen.row();
    Bundle bundle = row.bundle();
    String name = String.valueOf(bundle.getSymbolicName());
    Outcome outcome = row.outcome();
    String failure = row.failure();
    return new PluginDetail(
        seen.status(),
        outcome != null && outcome.pending(),
        since.of(row.uri().toString()),
        name,
        bundle.getVersion().toString(),
        jars.sha256(name),
        row.offers(),
        row.references(all),
        failure == null ? "" : failure);
  }

  private static List<String> texts(@Nullable Object value) {
    if (value instanceof String[] array) {
      return List.of(array);
    }
    return value instanceof String text ? List.of(text) : List.of();
  }

  private record Seen(PluginRow row, PluginStatus status) {}
}
