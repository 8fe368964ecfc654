// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.doctor;

import gantry.doctor.Doctor;
import gantry.doctor.Examination;
import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.doctor.Order;
import gantry.errors.CanceledException;
import gantry.errors.InvalidArgumentException;
import gantry.plugins.GoDuration;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Asks the inspectors of all plugins. It keeps nothing, so two versions can serve side by side. */
@Component(name = HouseDoctor.PLUGIN, service = Doctor.class, immediate = true)
@Plugin(HouseDoctor.PLUGIN)
public final class HouseDoctor implements Doctor {
  static final String PLUGIN = "io.gantry.doctor.v1.doctor";

  /** More than anybody reads; the next examination shows the rest. */
  private static final int CASES_MAX = 10_000;

  /** What comes and goes by itself does so within this time, mostly. */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  /** The keys of the plugin's table. */
  @interface Config {
    /** How long one plugin may look. */
    String inspectTimeout() default "60s";

    /** How long the mending of one thing may take. */
    String mendTimeout() default "2m";
  }

  private final Map<String, Handle<Inspector>> inspectors = new ConcurrentHashMap<>();
  private final Duration inspectLimit;
  private final Duration mendLimit;
  private final Clock clock;

  /** Begins without inspectors; they come by themselves. */
  @Activate
  public HouseDoctor(Config config) {
    this(
        duration("inspect_timeout", config.inspectTimeout()),
        duration("mend_timeout", config.mendTimeout()),
        Clock.systemUTC());
  }

  HouseDoctor(Duration inspectLimit, Duration mendLimit, Clock clock) {
    this.inspectLimit = inspectLimit;
    this.mendLimit = mendLimit;
    this.clock = clock;
  }

  private static Duration duration(String key, String text) {
    return GoDuration.parse(text)
        .filter(Duration::isPositive)
        .orElseThrow(
            () ->
                new InvalidArgumentException(
                    "%s = \"%s\": want a duration, for example \"60s\"".formatted(key, text)));
  }

  @Reference(
      service = Handle.class,
      target = "(contract=gantry.doctor.Inspector)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindInspector(Handle<Inspector> inspector) {
    inspectors.put(inspector.plugin(), inspector);
  }

  void unbindInspector(Handle<Inspector> inspector) {
    inspectors.remove(inspector.plugin(), inspector);
  }

  @Override
  public SortedMap<String, SortedSet<String>> kinds() {
    return sorted(askKinds());
  }

  private Look<Set<String>> askKinds() {
    return Look.at(List.copyOf(inspectors.values()), inspectLimit, Inspector::kinds);
  }

  private static SortedMap<String, SortedSet<String>> sorted(Look<Set<String>> look) {
    SortedMap<String, SortedSet<String>> kinds = new TreeMap<>();
    look.answers().forEach((plugin, some) -> kinds.put(plugin, new TreeSet<>(some)));
    return kinds;
  }

  @Override
  public Examination examine(Order order) {
    if (order.minAge().isNegative()) {
      throw new InvalidArgumentException("examine: the least age is negative");
    }
    Look<Set<String>> known = askKinds();
    requireKnown(order, known);
    Collection<Handle<Inspector>> asked =
        inspectors.values().stream()
            .filter(inspector -> concerns(inspector, order, known))
            .toList();
    Look<List<Finding>> first = Look.inspect(asked, inspectLimit);
    settle(order.minAge());
    Look<List<Finding>> second = Look.inspect(asked, inspectLimit);
    Diagnosis diagnosis = Diagnosis.of(first, second, order, clock.instant());
    List<Case> listed = diagnosis.cases().subList(0, Math.min(CASES_MAX, diagnosis.cases().size()));
    return new Examination(
        treat(listed, order),
        blind(first, diagnosis),
        diagnosis.young(),
        diagnosis.cases().size() - listed.size());
  }

  /** One that was blind at either look has not confirmed anything. */
  private static List<Examination.Blind> blind(Look<List<Finding>> first, Diagnosis diagnosis) {
    Map<String, Examination.Blind> blind = new TreeMap<>();
    first.blind().forEach(one -> blind.put(one.plugin(), one));
    diagnosis.blind().forEach(one -> blind.put(one.plugin(), one));
    return List.copyOf(blind.values());
  }

  private static boolean concerns(
      Handle<Inspector> inspector, Order order, Look<Set<String>> known) {
    Set<String> kinds = known.answers().get(inspector.plugin());
    // Who did not even say what it finds is asked, and named when it does not answer again.
    return kinds == null || kinds.stream().anyMatch(order::looksFor);
  }

  private static void requireKnown(Order order, Look<Set<String>> known) {
    Set<String> all = new TreeSet<>();
    known.answers().values().forEach(all::addAll);
    Set<String> wanted = new HashSet<>(order.kinds());
    wanted.addAll(order.fix());
    wanted.remove(Order.ALL);
    for (String kind : wanted) {
      if (!all.contains(kind) && known.blind().isEmpty()) {
        throw new InvalidArgumentException(
            "examine: nothing of the kind \"%s\" is looked for; there are %s"
                .formatted(kind, String.join(", ", all)));
      }
    }
  }

  private List<Case> treat(List<Case> cases, Order order) {
    List<Case> wanted =
        cases.stream().filter(found -> order.fixes(found.finding().kind())).toList();
    if (wanted.isEmpty()) {
      return cases;
    }
    List<Case> treated =
        order.isDryRun()
            ? wanted.stream().map(found -> found.with(Outcome.WOULD_MEND, "")).toList()
            : new Treatment(Map.copyOf(inspectors), mendLimit).of(wanted);
    List<Case> all = new ArrayList<>(cases);
    for (int i = 0; i < wanted.size(); i++) {
      all.set(cases.indexOf(wanted.get(i)), treated.get(i));
    }
    return all;
  }

  private static void settle(Duration minAge) {
    Duration pause = minAge.compareTo(SETTLE) < 0 ? minAge : SETTLE;
    try {
      new CountDownLatch(1).await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("examine: interrupted", e);
    }
  }
}
