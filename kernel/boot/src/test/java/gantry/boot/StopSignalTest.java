// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.plugins.StopListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

class StopSignalTest {
  @TempDir Path directory;

  @Test
  void listeners_areToldOnceWhileEveryPluginServes() throws Exception {
    List<Integer> states = new CopyOnWriteArrayList<>();
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      Bundle plugin =
          kernel.install(new BundleBuilder("empty").write(directory.resolve("empty.jar")));
      plugin.start();
      listen(
          kernel,
          () -> {
            throw new IllegalStateException("the others must be told all the same");
          });
      listen(kernel, () -> states.add(plugin.getState()));
      assertThat(states).isEmpty();
    }
    assertThat(states).containsExactly(Bundle.ACTIVE);
  }

  private static void listen(KernelFixture kernel, StopListener listener) {
    kernel
        .context()
        .registerService(StopListener.class, listener, FrameworkUtil.asDictionary(Map.of()));
  }
}
