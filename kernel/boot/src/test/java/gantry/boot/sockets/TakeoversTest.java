// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.KernelFixture;
import gantry.plugins.Handle;
import gantry.plugins.Takeover;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

class TakeoversTest {
  @TempDir Path directory;
  private final List<String> told = new CopyOnWriteArrayList<>();

  private final class Told implements Takeover {
    @Override
    public void takeOver() {
      told.add("take over");
    }

    @Override
    public void giveWay() {
      told.add("give way");
    }
  }

  @Test
  void component_isToldWhenItComesAndWhenItGoes() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      ServiceRegistration<Takeover> registration =
          kernel
              .context()
              .registerService(
                  Takeover.class,
                  new Told(),
                  FrameworkUtil.asDictionary(Map.of(Handle.PLUGIN, "test.server.v1.told")));
      assertThat(told).containsExactly("take over");
      registration.unregister();
      assertThat(told).containsExactly("take over", "give way");
    }
  }
}
