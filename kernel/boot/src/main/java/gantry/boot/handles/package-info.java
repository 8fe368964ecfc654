// SPDX-License-Identifier: Apache-2.0
/**
 * How plugins reach one another while any of them may be replaced.
 *
 * <pre>
 * Handles        watches the service registry, publishes a handle per contract and plugin
 * PluginHandle     finds the provider of now for each call, waits while there is none
 * Provider           one version of a plugin, with the number of calls in it
 * </pre>
 *
 * A provider that leaves is first taken out of its handle, so that new calls wait or go to its
 * successor; then the registry's event is held until the calls in it are back; only then is it
 * deactivated.
 */
@NullMarked
package gantry.boot.handles;

import org.jspecify.annotations.NullMarked;
