// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.PluginReference;
import gantry.plugins.PluginUri;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

/**
 * What is known of a plugin.
 *
 * @param properties of its component; empty if its bundle does not run
 * @param offers interfaces it is registered under, or would be
 * @param outcome what keeps it from serving; null if nothing does
 * @param component its component's state; null if that has none
 */
record PluginRow(
    PluginUri uri,
    Bundle bundle,
    Map<String, Object> properties,
    List<String> offers,
    @Nullable Outcome outcome,
    @Nullable ComponentConfigurationDTO component) {

  boolean serves() {
    return outcome == null;
  }

  /** The stack trace of its start; null if that did not fail. */
  @Nullable String failure() {
    return component != null && component.state == ComponentConfigurationDTO.FAILED_ACTIVATION
        ? component.failure
        : null;
  }

  List<PluginReference> references() {
    return component == null ? List.of() : References.of(component);
  }
}
