// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.host.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelToolTest {
  @TempDir Path home;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void settings_areWhatTheLauncherGoesBy() {
    assertThat(run("settings", "root=/r", "state=/s")).isZero();

    assertThat(out.toString()).isEqualTo("root=/r\nstate=/s\ntemp=\n");
  }

  @Test
  void settings_ofBrokenFile_areRefusedWithAllErrors() throws IOException {
    Path file = Files.writeString(home.resolve("c.toml"), "version = 4\nroot = 1\nstate = 2\n");

    assertThat(run("settings", "config=" + file)).isEqualTo(1);

    assertThat(err.toString().lines())
        .containsExactly(
            "gantryd: %s:2: \"root\" must be a string, not 1".formatted(file),
            "gantryd: %s:3: \"state\" must be a string, not 2".formatted(file));
  }

  @Test
  void dump_fillsInWhatPluginsDeclare() throws IOException {
    Files.createDirectories(home.resolve("lib/gantry"));
    Files.writeString(
        home.resolve("lib/gantry/plugins.toml"), "[plugins.'a.v1.b']\nx = 1\ny = true\n");
    Path file =
        Files.writeString(home.resolve("c.toml"), "version = 4\n[plugins.'a.v1.b']\ny = false\n");

    assertThat(run("dump", "home=" + home, "config=" + file)).isZero();

    assertThat(out.toString()).contains("  [plugins.'a.v1.b']\n    x = 1\n    y = false\n");
  }

  @Test
  void version_namesApiProductAndRevision() throws IOException {
    Files.createDirectories(home.resolve("lib/gantry"));
    Files.writeString(
        home.resolve("lib/gantry/release.properties"), "version=1.2.3\nrevision=abc\n");

    run("version", "home=" + home);

    assertThat(out.toString().strip()).isEqualTo("gantryd gantry v2.3.4+gantry.1.2.3 abc");
  }

  @Test
  void uuid_staysTheSame() throws IOException {
    assertThat(Identity.of(null, home).uuid())
        .isEqualTo(Identity.of(null, home).uuid())
        .hasSize(36);
  }

  private int run(String... arguments) {
    ToolProvider kernel = ToolProvider.findFirst("gantry-kernel").orElseThrow();
    return kernel.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
