// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.Admitted;
import gantry.plugins.Handle;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.condition.Condition;

/** What the references of components are to: read from their filters. */
final class Targets {
  /** The reference to a condition that each component has without declaring it. */
  static final String SATISFYING = "osgi.ds.satisfying.condition";

  private static final Set<String> CALLS = Set.of(Handle.class.getName(), Admitted.class.getName());

  private Targets() {}

  /** Whether services of this interface stand for another plugin. */
  static boolean isContract(String type) {
    return CALLS.contains(type);
  }

  /** Whether a reference is to a condition. */
  static boolean isCondition(String type, String reference) {
    return type.equals(Condition.class.getName()) || reference.equals(SATISFYING);
  }

  /** The declaration of a reference; null for the one that is not declared. */
  static @Nullable ReferenceDTO declaration(ComponentConfigurationDTO component, String name) {
    for (ReferenceDTO reference : component.description.references) {
      if (reference.name.equals(name)) {
        return reference;
      }
    }
    return null;
  }

  /** What a filter wants a property to be; empty if it says nothing of it. */
  static String value(@Nullable String target, String key) {
    String begin = "(" + key + "=";
    int at = target == null ? -1 : target.indexOf(begin);
    if (target == null || at < 0) {
      return "";
    }
    int end = target.indexOf(')', at);
    String value = end < 0 ? "" : target.substring(at + begin.length(), end);
    return value.contains("*") ? "" : value;
  }
}
