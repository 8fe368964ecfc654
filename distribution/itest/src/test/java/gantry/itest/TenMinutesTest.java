// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manual's way to a snapshotter, followed as a stranger would, who has only the product. */
class TenMinutesTest {
  private static final Path PAGE =
      Path.of(
          System.getProperty("gantry.sources", "."),
          "distribution/docs/snapshotter-in-ten-minutes.md");

  @TempDir Path home;

  @Test
  void page_isTrueToTheLetter() throws Exception {
    List<ManualPage.Block> blocks = ManualPage.blocks(PAGE);
    assertThat(blocks.stream().filter(ManualPage.Block::isCommands)).hasSizeGreaterThan(5);
    try (Daemon daemon = Daemon.gantry(home.resolve("daemon")).start()) {
      long pid = daemon.process().pid();
      Shell.Result result = stranger(daemon).bash(script(blocks));
      assertThat(result.exitCode()).as(result.all()).isZero();
      assertSaid(blocks, result.output());
      assertThat(daemon.process().isAlive()).isTrue();
      assertThat(daemon.process().pid()).isEqualTo(pid);
    }
  }

  /** Somebody with a home of his own. */
  private Shell stranger(Daemon daemon) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", Files.createDirectories(home.resolve("stranger")).toString());
    return daemon.shell(environment, Duration.ofMinutes(4));
  }

  private String script(List<ManualPage.Block> blocks) throws Exception {
    StringBuilder script = new StringBuilder("set -e\n");
    for (ManualPage.Block block : blocks) {
      if (block.isCommands()) {
        script.append("echo '== %d'\n".formatted(block.line())).append(block.text());
      } else if (block.isFile()) {
        Path shown = Files.writeString(home.resolve("block" + block.line()), block.text());
        script.append("diff -u %s %s\n".formatted(shown, block.path()));
      }
    }
    return script.append("echo '== end'\n").toString();
  }

  private static void assertSaid(List<ManualPage.Block> blocks, String output) {
    int commands = 0;
    List<String> misses = new ArrayList<>();
    for (ManualPage.Block block : blocks) {
      if (block.isCommands()) {
        commands = block.line();
      } else if (block.isOutput()) {
        List<String> said = squeezed(between(output, "== " + commands + "\n", "\n== "));
        squeezed(block.text()).stream()
            .filter(line -> !said.contains(line))
            .forEach(line -> misses.add("line %d: %s".formatted(block.line(), line)));
      }
    }
    assertThat(misses).as("of what the page says is printed, in %s", output).isEmpty();
  }

  private static String between(String text, String from, String to) {
    int begin = text.indexOf(from) + from.length();
    return text.substring(begin, text.indexOf(to, begin));
  }

  private static List<String> squeezed(String text) {
    return text.lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
  }
}
