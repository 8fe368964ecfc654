// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssemblyTest {
  @TempDir Path home;

  @Test
  void read_keepsTheOrderOfBundles() throws Exception {
    Path lib = Files.createDirectories(home.resolve("lib/gantry"));
    Files.writeString(
        lib.resolve("gantryd.assembly"),
        "packages=p;version=\"1.0\"\nbundle=z=plugins/z.jar\nbundle=a=lib/gantry/a.jar\n");

    Assembly assembly = Assembly.read(home);

    assertThat(assembly.packages()).isEqualTo("p;version=\"1.0\"");
    assertThat(assembly.bundles().keySet()).containsExactly("z", "a");
    assertThat(assembly.bundles()).containsEntry("a", "lib/gantry/a.jar");
  }

  @Test
  void read_ofIncompleteInstallation_saysSo() {
    assertThatThrownBy(() -> Assembly.read(home))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("is the installation complete?");
  }

  @Test
  void overrides_areJarsByName() throws Exception {
    Path bundles = Files.createDirectories(home.resolve("bundles"));
    Files.writeString(bundles.resolve("a.b.jar"), "");
    Files.writeString(bundles.resolve("a.b.new"), "");

    assertThat(Overrides.list(home)).containsOnlyKeys("a.b");
    assertThat(Overrides.list(home.resolve("none"))).isEmpty();
  }
}
