// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.gc.GarbageCollector;
import gantry.labels.Labels;
import gantry.plugins.Handle;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** The configuration is changed under plugins that ship; each test leaves it as it was. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ReloadedSettingsTest {
  private static final String SPACE = "c";
  private static final String NATIVE = "io.containerd.snapshotter.v1.native";
  private static final String GC = "io.containerd.gc.v1.scheduler";
  private static final String DELAYED = "[plugins.'" + GC + "']\nschedule_delay = '7ms'\n";
  private static final AtomicLong SERIAL = new AtomicLong();

  @Inject private BundleContext context;
  @Inject private PluginSettings settings;
  @Inject private PluginInventory inventory;

  /** Called by Pax Exam outside the framework. */
  @Configuration
  public Option[] framework() throws IOException {
    return new Option[] {Installation.framework(SPACE)};
  }

  /** Puts the configuration of the start in force again. */
  @After
  public void putBack() throws IOException {
    write("");
    settings.reload(false);
  }

  @Test
  public void key_reachesItsPlugin() throws Exception {
    write(DELAYED);

    settings.reload(false);

    assertThat(delay()).isEqualTo("7ms");
    assertThat(settings.reload(true)).isEmpty();
  }

  @Test
  public void table_thatOnePluginCannotTake_changesNoneAndFailsNoCall() throws Exception {
    Object before = delay();
    Handle<Snapshotter> handle = new Plugins(context).handle(Snapshotter.class, NATIVE);
    write(DELAYED + "[plugins.'" + NATIVE + "']\nroot_path = '/proc/nowhere'\n");
    try (Repeated calls = new Repeated(() -> prepareAndRemove(handle))) {
      calls.awaitCalls();

      assertThatThrownBy(() -> settings.reload(false))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining(NATIVE)
          .hasMessageContaining("root_path")
          .hasMessageContaining("/proc/nowhere");

      calls.awaitCalls();
      assertThat(calls.failures()).isEmpty();
    }
    assertThat(delay()).isEqualTo(before);
  }

  @Test
  public void plugin_isDisabledAndEnabled() throws Exception {
    String list = "disabled_plugins = ['" + NATIVE + "']\n";
    Files.writeString(Installation.config(SPACE), list + Installation.settings(SPACE));

    settings.reload(false);
    assertThat(status().state()).isEqualTo(State.SKIP);
    assertThat(status().reason()).contains("disabled");
    assertThat(new Plugins(context).handles(NATIVE)).isEmpty();

    write("");
    settings.reload(false);
    assertThat(status().state()).isEqualTo(State.OK);
    prepareAndRemove(new Plugins(context).handle(Snapshotter.class, NATIVE));
  }

  @Test
  public void malformedFile_changesNothing() throws Exception {
    Object before = delay();
    write(DELAYED + "[plugins\n");

    assertThatThrownBy(() -> settings.reload(false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("config.toml:");

    assertThat(delay()).isEqualTo(before);
  }

  private static void prepareAndRemove(Handle<Snapshotter> handle) throws IOException {
    String key = "reload-" + SERIAL.incrementAndGet();
    handle.run(all -> all.prepare(key, "", Labels.none()));
    handle.run(all -> all.remove(key));
  }

  private Object delay() throws Exception {
    ServiceReference<GarbageCollector> collector =
        new Plugins(context).providers(GarbageCollector.class, GC).iterator().next();
    return String.valueOf(collector.getProperty("schedule_delay"));
  }

  private PluginStatus status() {
    return inventory.plugins().stream()
        .filter(plugin -> plugin.uri().toString().equals(NATIVE))
        .findFirst()
        .orElseThrow();
  }

  private static void write(String tables) throws IOException {
    Path config = Installation.config(SPACE);
    Files.writeString(config, Installation.settings(SPACE) + tables);
  }
}
