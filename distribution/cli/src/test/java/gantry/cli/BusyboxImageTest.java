// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BusyboxImageTest {
  @TempDir Path dir;

  @Test
  void sameBinary_givesTheSameArchive() throws Exception {
    byte[] binary = {1, 2, 3};
    BusyboxImage.write(dir.resolve("a"), binary, List.of("ls", "sh"));
    BusyboxImage.write(dir.resolve("b"), binary, List.of("ls", "sh"));
    assertThat(dir.resolve("a")).hasSameBinaryContentAs(dir.resolve("b"));
    TarReader tar = new TarReader(new ByteArrayInputStream(Files.readAllBytes(dir.resolve("a"))));
    List<String> names = new ArrayList<>();
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      names.add(entry.name());
    }
    assertThat(names).startsWith("blobs/").endsWith("index.json", "oci-layout").hasSize(7);
  }
}
