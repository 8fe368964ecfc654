// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.Handle;
import gantry.plugins.PluginStatus.State;
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

  private static final String SATISFYING = "osgi.ds.satisfying.condition";
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
          new Outcome(State.ERROR, exception(component.failure));
      case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
          new Outcome(State.ERROR, "has no configuration");
      default -> unsatisfied(component);
    };
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
    return waiting == null ? new Outcome(State.ERROR, "is not satisfied yet") : waiting;
  }

  private Outcome reference(
      ComponentConfigurationDTO component, UnsatisfiedReferenceDTO unsatisfied) {
    String target = unsatisfied.target == null ? "" : unsatisfied.target;
    String type = type(component, unsatisfied.name);
    if (type.equals(Condition.class.getName()) || unsatisfied.name.equals(SATISFYING)) {
      return condition(value(target, Condition.CONDITION_ID));
    }
    if (type.equals(Handle.class.getName())) {
      return handle(value(target, Handle.PLUGIN), value(target, Handle.CONTRACT));
    }
    return new Outcome(State.ERROR, "waits for service %s %s".formatted(type, target).strip());
  }

  private Outcome condition(String condition) {
    if (condition.equals(DISABLED)) {
      return new Outcome(State.SKIP, "disabled by configuration");
    }
    return missingOnHost
        .apply(condition)
        .map(reason -> new Outcome(State.SKIP, reason))
        .orElseGet(() -> new Outcome(State.ERROR, "waits for condition " + condition));
  }

  private static Outcome handle(String plugin, String contract) {
    if (!plugin.isEmpty()) {
      return new Outcome(State.ERROR, "waits for plugin " + plugin, plugin);
    }
    return new Outcome(State.ERROR, "waits for a plugin that offers " + contract);
  }

  private static String type(ComponentConfigurationDTO component, String name) {
    for (ReferenceDTO reference : component.description.references) {
      if (reference.name.equals(name)) {
        return reference.interfaceName;
      }
    }
    return "";
  }

  private static String value(String target, String key) {
    Matcher matcher = Pattern.compile("\\(" + Pattern.quote(key) + "=([^)]*)\\)").matcher(target);
    return matcher.find() ? matcher.group(1) : "";
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

  /**
   * Why a plugin does not serve.
   *
   * @param waitsFor the plugin it waits for; null if it is none or not known
   */
  record Outcome(State state, String reason, @Nullable String waitsFor) {
    Outcome(State state, String reason) {
      this(state, reason, null);
    }
  }
}
