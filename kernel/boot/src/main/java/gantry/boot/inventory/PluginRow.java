// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.PluginReference;
import gantry.plugins.PluginUri;
import java.util.Collection;
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

  /**
   * What it asks for. While it waits for one thing, the component runtime does not bind it to
   * another; who would be bound is then looked up.
   */
  List<PluginReference> references(Collection<PluginRow> all) {
    return component == null
        ? List.of()
        : References.of(component).stream()
            .map(reference -> References.isUnbound(reference) ? bound(reference, all) : reference)
            .toList();
  }

  private static PluginReference bound(PluginReference reference, Collection<PluginRow> all) {
    List<String> providers =
        all.stream()
            .filter(row -> row.serves() && row.offers().contains(reference.wanted()))
            .map(row -> row.uri().toString())
            .filter(uri -> reference.plugin().isEmpty() || reference.plugin().equals(uri))
            .toList();
    return new PluginReference(
        reference.kind(),
        reference.wanted(),
        reference.plugin(),
        reference.optional(),
        reference.satisfied(),
        providers);
  }
}
