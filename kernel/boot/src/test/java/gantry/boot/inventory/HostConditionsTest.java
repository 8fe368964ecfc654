// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.KernelFixture;
import gantry.plugins.HostProbe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceRegistration;

class HostConditionsTest {
  private static final String ID = "host.test.thing";

  @TempDir Path directory;
  private final List<Integer> events = new ArrayList<>();
  private KernelFixture kernel;
  private HostConditions conditions;

  @BeforeEach
  void start() throws Exception {
    kernel = KernelFixture.start(directory, "version = 4\n");
    conditions = new HostConditions(kernel.context());
    kernel
        .context()
        .addServiceListener(event -> events.add(event.getType()), "(osgi.condition.id=" + ID + ")");
  }

  @AfterEach
  void stop() throws Exception {
    conditions.close();
    kernel.close();
  }

  @Test
  void twoProbesOfOneCondition_keepItWhileOneIsThere() throws Exception {
    conditions.open();
    // The kernel under test has its own, which sees the same probes.
    ServiceRegistration<HostProbe> old = probe(Optional.empty());
    List<Integer> registered = List.of(ServiceEvent.REGISTERED, ServiceEvent.REGISTERED);
    ServiceRegistration<HostProbe> next = probe(Optional.empty());
    assertThat(events).isEqualTo(registered);

    old.unregister();
    assertThat(events).isEqualTo(registered);
    assertThat(conditions.missing(ID)).isEmpty();

    next.unregister();
    assertThat(events)
        .containsExactly(
            ServiceEvent.REGISTERED,
            ServiceEvent.REGISTERED,
            ServiceEvent.UNREGISTERING,
            ServiceEvent.UNREGISTERING);
  }

  @Test
  void probeThatLacksIt_takesItFromNobody() throws Exception {
    conditions.open();
    ServiceRegistration<HostProbe> has = probe(Optional.empty());
    ServiceRegistration<HostProbe> lacks = probe(Optional.of("no thing"));

    assertThat(conditions.missing(ID)).isEmpty();
    assertThat(events).containsExactly(ServiceEvent.REGISTERED, ServiceEvent.REGISTERED);

    has.unregister();
    assertThat(conditions.missing(ID)).contains("no thing");
    lacks.unregister();
    assertThat(conditions.missing(ID)).isEmpty();
  }

  private ServiceRegistration<HostProbe> probe(Optional<String> missing) {
    return kernel
        .context()
        .registerService(
            HostProbe.class,
            new HostProbe() {
              @Override
              public String condition() {
                return ID;
              }

              @Override
              public Optional<String> missing() {
                return missing;
              }
            },
            null);
  }
}
