// SPDX-License-Identifier: Apache-2.0
package @package@;

import gantry.plugins.Plugin;
import gantry.plugins.PluginFacts;
import org.osgi.service.component.annotations.Component;

/** One sentence: what it offers. */
@Component(name = @class@.PLUGIN, immediate = true)
@Plugin(@class@.PLUGIN)
public final class @class@ implements PluginFacts {
  static final String PLUGIN = "@uri@";
}
