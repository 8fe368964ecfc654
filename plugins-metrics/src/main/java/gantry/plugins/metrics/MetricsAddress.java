// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.plugins.HostProbe;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Says whether anybody wants the numbers: whether the configuration has an address for them. */
@Component(configurationPid = MetricsServer.PLUGIN)
public final class MetricsAddress implements HostProbe {
  static final String CONDITION = "config.metrics.address";

  private final String address;

  /** Takes the address. */
  @Activate
  public MetricsAddress(MetricsServer.Config config) {
    this.address = config.address();
  }

  @Override
  public String condition() {
    return CONDITION;
  }

  @Override
  public Optional<String> missing() {
    return address.isEmpty()
        ? Optional.of("no address: set address in [plugins.'%s']".formatted(MetricsServer.PLUGIN))
        : Optional.empty();
  }
}
