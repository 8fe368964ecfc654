// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.Handle;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginReference.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.osgi.service.condition.Condition;

/** What a component asks for, and what it has of it. */
final class References {
  private References() {}

  /** In the order in which they are declared, as far as the component runtime keeps it. */
  static List<PluginReference> of(ComponentConfigurationDTO component) {
    List<PluginReference> references = new ArrayList<>();
    for (SatisfiedReferenceDTO satisfied : component.satisfiedReferences) {
      add(references, component, satisfied.name, satisfied.target, true, satisfied.boundServices);
    }
    for (UnsatisfiedReferenceDTO unsatisfied : component.unsatisfiedReferences) {
      add(references, component, unsatisfied.name, unsatisfied.target, false, null);
    }
    return references;
  }

  /** Whether a component could have what it asks for, but nobody is bound. */
  static boolean isUnbound(PluginReference reference) {
    return reference.kind() == Kind.CONTRACT
        && reference.satisfied()
        && reference.providers().isEmpty();
  }

  private static void add(
      List<PluginReference> references,
      ComponentConfigurationDTO component,
      String name,
      @Nullable String target,
      boolean met,
      ServiceReferenceDTO @Nullable [] bound) {
    ReferenceDTO declared = Targets.declaration(component, name);
    String type = declared == null ? "" : declared.interfaceName;
    String filter = target == null && declared != null ? declared.target : target;
    Kind kind = kind(type, name);
    String wanted = wanted(kind, type, filter);
    if (name.equals(Targets.SATISFYING) && wanted.equals(Condition.CONDITION_ID_TRUE)) {
      return;
    }
    boolean optional = declared != null && declared.cardinality.startsWith("0");
    List<String> providers = providers(bound);
    boolean nobody = bound == null || bound.length == 0;
    references.add(
        new PluginReference(
            kind,
            wanted,
            Targets.value(filter, Handle.PLUGIN),
            optional,
            optional ? !nobody : met,
            providers));
  }

  private static Kind kind(String type, String name) {
    if (Targets.isCondition(type, name)) {
      return Kind.CONDITION;
    }
    return Targets.isContract(type) ? Kind.CONTRACT : Kind.SERVICE;
  }

  /** A handle whose contract the filter leaves open is one to any plugin. */
  private static String wanted(Kind kind, String type, @Nullable String filter) {
    return switch (kind) {
      case CONDITION -> Targets.value(filter, Condition.CONDITION_ID);
      case CONTRACT -> {
        String contract = Targets.value(filter, Handle.CONTRACT);
        yield contract.isEmpty() ? type : contract;
      }
      case SERVICE -> type;
    };
  }

  private static List<String> providers(ServiceReferenceDTO @Nullable [] bound) {
    return bound == null
        ? List.of()
        : Arrays.stream(bound)
            .map(service -> service.properties.get(Handle.PLUGIN))
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .distinct()
            .sorted()
            .toList();
  }
}
