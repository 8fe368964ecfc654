// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;

/**
 * What a plugin asks for.
 *
 * @param wanted the contract's interface, the condition's id, or the interface of another service
 * @param plugin URI of the one plugin that must offer it; empty if any may
 * @param optional whether the plugin serves without it
 * @param satisfied whether it has it
 * @param providers URIs of the plugins it has it from, sorted
 */
public record PluginReference(
    Kind kind,
    String wanted,
    String plugin,
    boolean optional,
    boolean satisfied,
    List<String> providers) {
  /** What kind of thing is asked for. */
  public enum Kind {
    /** A contract of another plugin, by {@link Handle} or {@link Admitted}. */
    CONTRACT,
    /** Something the host must have, or the configuration allow. */
    CONDITION,
    /** A service of the kernel, or within the bundle. */
    SERVICE
  }
}
