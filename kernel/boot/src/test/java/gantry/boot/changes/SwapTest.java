// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.Callers;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.Handle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Outcome;
import gantry.plugins.PluginChanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwapTest {
  private static final String PLUGIN = "test.echo.v1.plain";
  private static final String SERVICE =
      "<service><provide interface=\"gantry.boot.fixture.api.Echo\"/></service>";

  @TempDir Path directory;
  private KernelFixture kernel;
  private PluginChanges changes;

  @BeforeEach
  void start() throws Exception {
    kernel = KernelFixture.start(directory, "version = 4\n");
    changes = kernel.service(PluginChanges.class);
  }

  @AfterEach
  void stop() throws Exception {
    kernel.close();
  }

  @Test
  void swap_underLoad_failsNoCall() throws Exception {
    install("1.0.0");
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    List<ChangeStep> steps = new ArrayList<>();
    try (Callers callers = new Callers(handle, 8)) {
      callers.awaitAnswers();
      PluginChange change = changes.swap(provider("2.0.0"), ChangeOptions.NONE, steps::add);
      callers.awaitAnswers();

      assertThat(change.outcome()).isEqualTo(Outcome.DONE);
      assertThat(change.from()).isEqualTo("1.0.0");
      assertThat(change.to()).isEqualTo("2.0.0");
      assertThat(callers.failures()).isEmpty();
    }
    assertThat(kernel.context().getBundles())
        .filteredOn(bundle -> bundle.getSymbolicName().equals("echo"))
        .hasSize(1);
    assertThat(changes.history()).hasSize(2);
  }

  private void install(String version) throws Exception {
    changes.install(provider(version), ChangeOptions.NONE, _ -> {});
  }

  private BundleSource provider(String version) throws Exception {
    Path jar =
        new BundleBuilder("echo")
            .version(version)
            .plugin(PLUGIN, EchoProvider.class, "deactivate=\"deactivate\" init=\"1\"", SERVICE)
            .write(directory.resolve(version + ".jar"));
    return new BundleSource(jar.toString(), "");
  }
}
