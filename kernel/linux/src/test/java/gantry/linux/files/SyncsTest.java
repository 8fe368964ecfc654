// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncsTest {
  @TempDir Path directory;

  @Test
  void calls_amongCollections_keepTheMemoryOfTheirArguments() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    System.gc();
                  }
                });
    try {
      assertThatCode(
              () -> {
                for (int i = 0; i < 200; i++) {
                  Syncs.fsync(directory);
                  Xattrs.set(directory, "trusted.gantry", new byte[] {1, 2, 3});
                  assertThat(Xattrs.find(directory, "trusted.gantry")).isPresent();
                }
              })
          .doesNotThrowAnyException();
    } finally {
      done.set(true);
      collector.join();
    }
  }
}
