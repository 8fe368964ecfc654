// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.Handle;
import gantry.plugins.PluginStatus.State;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.osgi.service.condition.Condition;

/** Puts the state of a component into words. */
final class Reasons {
  /** The condition a disabled plugin is made to wait for; nobody registers it. */
  static final String DISABLED = "gantry.disabled";

  private static final int CHAIN_MAX = 8;
  private static final Pattern CAUSE =
      Pattern.compile("(?m)^(?:Caused by: )?([\\w.$]+)(?:: (.*))?$");

  private final Function<String, Optional<String>> missingOnHost;

  Reasons(Function<String, Optional<String>> missingOnHost) {
    this.missingOnHost = missingOnHost;
  }

  /** What keeps a component from serving; null if nothing does. */
  @Nullable Outcome of(ComponentConfigurationDTO component) {
    return switch (component.state) {
      case ComponentConfigurationDTO.ACTIVE, ComponentConfigurationDTO.SATISFIED -> null;
      case ComponentConfigurationDTO.FAILED_ACTIVATION ->
          Outcome.stuck(State.ERROR, exception(component.failure));
      case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
          Outcome.waits("has no configuration");
      default -> unsatisfied(component);
    };
  }

  /** Follows who waits for whom to where the trouble is. */
  static String chain(Outcome outcome, Map<String, PluginRow> rows) {
    return chain(outcome, rows, 0);
  }

  private static String chain(Outcome outcome, Map<String, PluginRow> rows, int depth) {
    if (depth == CHAIN_MAX || (outcome.plugin().isEmpty() && outcome.contract().isEmpty())) {
      return outcome.reason();
    }
    if (!outcome.plugin().isEmpty()) {
      return chain(outcome, rows.get(outcome.plugin()), "", rows, depth);
    }
    PluginRow candidate = null;
    for (PluginRow row : rows.values()) {
      if (!row.serves() && candidate == null && row.offers().contains(outcome.contract())) {
        candidate = row;
      }
    }
    return candidate == null
        ? outcome.reason() + ": no plugin that is installed does"
        : chain(outcome, candidate, candidate.uri() + ": ", rows, depth);
  }

  private static String chain(
      Outcome outcome,
      @Nullable PluginRow next,
      String name,
      Map<String, PluginRow> rows,
      int depth) {
    if (next == null) {
      return outcome.reason() + ": no such plugin is installed";
    }
    Outcome inner = next.outcome();
    return inner == null
        ? outcome.reason()
        : outcome.reason() + ": " + name + chain(inner, rows, depth + 1);
  }

  private Outcome unsatisfied(ComponentConfigurationDTO component) {
    Outcome waiting = null;
    for (UnsatisfiedReferenceDTO reference : component.unsatisfiedReferences) {
      Outcome outcome = reference(component, reference);
      if (outcome.state() == State.SKIP) {
        return outcome;
      }
      waiting = waiting == null ? outcome : waiting;
    }
    return waiting == null ? Outcome.waits("is not satisfied yet") : waiting;
  }

  private Outcome reference(
      ComponentConfigurationDTO component, UnsatisfiedReferenceDTO unsatisfied) {
    String target = unsatisfied.target == null ? "" : unsatisfied.target;
    ReferenceDTO declared = Targets.declaration(component, unsatisfied.name);
    String type = declared == null ? "" : declared.interfaceName;
    if (Targets.isCondition(type, unsatisfied.name)) {
      return condition(Targets.value(target, Condition.CONDITION_ID));
    }
    if (Targets.isContract(type)) {
      return Outcome.waitsFor(
          Targets.value(target, Handle.PLUGIN), Targets.value(target, Handle.CONTRACT));
    }
    return Outcome.waits("waits for service %s %s".formatted(type, target).strip());
  }

  private Outcome condition(String condition) {
    if (condition.equals(DISABLED)) {
      return Outcome.stuck(State.SKIP, "disabled by configuration");
    }
    return missingOnHost
        .apply(condition)
        .map(reason -> Outcome.stuck(State.SKIP, reason))
        .orElseGet(() -> Outcome.waits("waits for condition " + condition));
  }

  /** The innermost cause of a stack trace: its message, or its class where it has none. */
  private static String exception(@Nullable String trace) {
    String text = "failed to start";
    if (trace != null) {
      Matcher matcher = CAUSE.matcher(trace);
      while (matcher.find()) {
        text = matcher.group(2) == null ? matcher.group(1) : matcher.group(2);
      }
    }
    return text;
  }
}
