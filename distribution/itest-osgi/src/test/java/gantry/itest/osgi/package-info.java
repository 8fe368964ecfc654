// SPDX-License-Identifier: Apache-2.0
/**
 * The plugins of an installed Gantry in a plain framework, each from its jar alone: Pax Exam starts
 * Felix in this process and runs the tests inside, in a bundle of their own.
 *
 * <pre>
 * Installation         what ships, as options of Pax Exam
 * Plugins              handles and bundles, as a bundle finds them
 * Repeated             a caller that does not rest
 * StampedJar           what ships, as another version
 * ShippedPluginsTest   they resolve, start and serve
 * PluginGraphTest      who asks whom
 * ReplacedPluginsTest  they are stopped, updated and removed under their callers
 * SwappedPluginsTest   the kernel replaces them and brings them back under their callers
 * ReloadedSettingsTest the configuration is changed under them
 * </pre>
 */
@NullMarked
package gantry.itest.osgi;

import org.jspecify.annotations.NullMarked;
