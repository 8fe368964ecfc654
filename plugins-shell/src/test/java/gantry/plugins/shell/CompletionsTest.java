// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.LogLevels;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionsTest {
  private static final CommandSession SESSION =
      new FakeKernel(Map.of("get", arguments -> Set.of("felix:lb", "gogo:cat", "gantry:plugins")))
          .service(CommandSession.class);

  @TempDir Path directory;

  /** Completions of a kernel with one plugin in one bundle. */
  static Completions completions() {
    FakeKernel kernel =
        new FakeKernel(
            Map.of(
                "plugins",
                arguments ->
                    List.of(
                        new PluginStatus(
                            new PluginUri("io.x.y.v1", "z"),
                            List.of(),
                            List.of(),
                            Map.of(),
                            List.of(),
                            PluginStatus.State.OK,
                            null)),
                "bundles",
                arguments ->
                    List.of(
                        new PluginBundle("io.bundle", "1", "active", PluginBundle.Origin.SHIPPED)),
                "levels",
                arguments -> Map.of("root", "info")));
    return new Completions(
        kernel.service(PluginInventory.class),
        kernel.service(PluginChanges.class),
        kernel.service(LogLevels.class));
  }

  private static List<String> of(String typed) {
    return completions().of(SESSION, typed).stream()
        .map(candidate -> candidate.split("\t", 2)[0])
        .toList();
  }

  @Test
  void firstWord_isACommand() {
    assertThat(of("")).contains("plugins", "df", "felix:lb").doesNotContain("gogo:cat");
    assertThat(of("pl")).containsExactly("plugins");
    assertThat(completions().of(SESSION, "df"))
        .containsExactly("df\twhat takes up the disk, in all namespaces together");
  }

  @Test
  void wordAfterPlugins_isOneOfItsOwn() {
    assertThat(of("plugins ")).contains("ls", "swap", "why").doesNotContain("df");
    assertThat(of("plugins r")).containsExactly("reload", "remove", "rollback");
    assertThat(of("help plugins s")).containsExactly("swap");
    assertThat(of("plugins --")).containsExactly("--wide");
  }

  @Test
  void name_isOfAPluginOrABundle() {
    assertThat(of("plugins rollback io.")).containsExactly("io.bundle", "io.x.y.v1.z");
    assertThat(of("plugins why io.")).containsExactly("io.x.y.v1.z");
    assertThat(of("uninstall io.b")).containsExactly("io.bundle");
    assertThat(of("plugins swap --f")).containsExactly("--force");
  }

  @Test
  void file_isAJarOrADirectory() throws IOException {
    Files.createFile(directory.resolve("a.jar"));
    Files.createFile(directory.resolve("a.txt"));
    Files.createDirectory(directory.resolve("ab"));

    assertThat(of("plugins swap " + directory + "/a"))
        .containsExactly(directory + "/a.jar", directory + "/ab/");
    assertThat(of("install " + directory + "/none/x")).isEmpty();
    assertThat(of("install rel")).isEmpty();
  }

  @Test
  void logLevel_isALoggerOrALevel() {
    assertThat(of("loglevel ")).contains("root", "debug");
    assertThat(of("loglevel root d")).containsExactly("debug");
  }
}
