// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.provider.Turns;
import gantry.boot.handles.Traffic;
import gantry.plugins.Admitted;
import gantry.plugins.Handle;
import gantry.plugins.PluginTraffic;
import gantry.plugins.Takeover;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

class AdmittedTest {
  private static final String PLUGIN = "test.turns.v1.plain";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path directory;
  private KernelFixture kernel;
  private Traffic traffic;

  @BeforeEach
  void start() throws Exception {
    kernel = KernelFixture.start(directory, "version = 4\n");
    traffic = (Traffic) kernel.service(PluginTraffic.class);
  }

  @AfterEach
  void stop() throws Exception {
    kernel.close();
  }

  @Test
  void versionThatServes_isAdmittedWithItsProperties() throws Exception {
    Bundle bundle = started(1);

    assertThat(admitted()).hasSize(1);
    ServiceReference<?> reference = admitted().getFirst();
    assertThat(reference.getProperty(Handle.PLUGIN)).isEqualTo(PLUGIN);
    assertThat(reference.getProperty(Handle.CONTRACT)).isEqualTo(Takeover.class.getName());
    assertThat(reference.getProperty("methods")).isEqualTo("Watch");
    assertThat(loader(reference)).isEqualTo(bundle.loadClass(Turns.class.getName()));

    bundle.stop();
    assertThat(admitted()).isEmpty();
  }

  @Test
  void nextVersion_isAdmittedAtTheMoveAndTheOldOneLeavesAfterIt() throws Exception {
    Bundle old = started(1);
    List<Integer> events = new ArrayList<>();
    kernel
        .context()
        .addServiceListener(
            event -> events.add(event.getType()), "(objectClass=" + Admitted.class.getName() + ")");
    Bundle next = kernel.install(turns(2));
    traffic.hold(next.getBundleId());
    next.start();
    assertThat(events).isEmpty();

    traffic.move(next.getBundleId());
    assertThat(events).containsExactly(ServiceEvent.REGISTERED);
    assertThat(traffic.retire(old.getBundleId(), PATIENCE)).isTrue();
    assertThat(events).containsExactly(ServiceEvent.REGISTERED, ServiceEvent.UNREGISTERING);
    assertThat(loader(admitted().getFirst())).isEqualTo(next.loadClass(Turns.class.getName()));

    old.stop();
    assertThat(events).hasSize(2);
  }

  @Test
  void retiredVersion_isAdmittedAgainWhenItIsResumed() throws Exception {
    Bundle bundle = started(1);
    assertThat(traffic.retire(bundle.getBundleId(), PATIENCE)).isTrue();
    assertThat(admitted()).isEmpty();

    traffic.resume(bundle.getBundleId());

    assertThat(admitted()).hasSize(1);
  }

  private Class<?> loader(ServiceReference<?> reference) {
    Admitted<?> service = (Admitted<?>) kernel.context().getService(reference);
    return Objects.requireNonNull(service).provider().getClass();
  }

  private List<ServiceReference<?>> admitted() throws Exception {
    ServiceReference<?>[] found =
        kernel.context().getAllServiceReferences(Admitted.class.getName(), null);
    return found == null ? List.of() : Arrays.asList(found);
  }

  private Bundle started(int version) throws Exception {
    Bundle bundle = kernel.install(turns(version));
    bundle.start();
    return bundle;
  }

  private Path turns(int version) throws Exception {
    return new BundleBuilder("turns")
        .version(version + ".0.0")
        .plugin(
            PLUGIN,
            Turns.class,
            "",
            "<property name=\"methods\" value=\"Watch\"/>"
                + "<service><provide interface=\"gantry.plugins.Takeover\"/></service>")
        .write(directory.resolve(version + ".jar"));
  }
}
