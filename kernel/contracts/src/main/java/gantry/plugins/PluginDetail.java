// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.time.Instant;
import java.util.List;

/**
 * All the kernel knows of a plugin.
 *
 * @param status its row in the inventory
 * @param pending whether it waits for something that may yet come: another plugin, a condition
 * @param since when it came to be so
 * @param bundle symbolic name of the bundle it comes in
 * @param version of that bundle
 * @param sha256 of its jar, 64 digits in hex; empty if it ships
 * @param offers interfaces it is registered under, or would be if it served
 * @param references what it asks for; empty if its bundle does not run
 * @param failure the stack trace of its start; empty if that did not fail
 */
public record PluginDetail(
    PluginStatus status,
    boolean pending,
    Instant since,
    String bundle,
    String version,
    String sha256,
    List<String> offers,
    List<PluginReference> references,
    String failure) {}
