// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Kind;
import gantry.plugins.PluginChange.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir Path directory;

  @Test
  void noFile_isNoHistory() throws Exception {
    assertThat(new History(directory.resolve("none")).all()).isEmpty();
  }

  @Test
  void halfALine_isPassedOver_andWhatFollowsIsNot() throws Exception {
    Path file = directory.resolve("history.jsonl");
    new History(file).add(change(1));
    Files.writeString(file, "{\"at\":\"2026-01", StandardOpenOption.APPEND);

    new History(file).add(change(2));

    assertThat(new History(file).all()).containsExactly(change(1), change(2));
  }

  @Test
  void moreThanAThousand_areForgotten() throws Exception {
    Path file = directory.resolve("history.jsonl");
    StringBuilder old = new StringBuilder();
    History history = new History(file);
    history.add(change(0));
    String line = Files.readString(file);
    for (int i = 0; i < History.MAX + 100; i++) {
      old.append(line.replace("\"to\":\"0\"", "\"to\":\"" + i + "\""));
    }
    Files.writeString(file, old);

    history.add(change(7777));

    assertThat(history.all()).hasSize(History.MAX).endsWith(change(7777));
    assertThat(history.all()).first().isEqualTo(change(101));
    assertThat(Files.readAllLines(file)).hasSize(History.MAX);
  }

  private static PluginChange change(int to) {
    return new PluginChange(
        Instant.EPOCH,
        Kind.SWAP,
        "echo",
        List.of("test.echo.v1.plain"),
        "1",
        Integer.toString(to),
        "ab",
        Outcome.REFUSED,
        "read: \"it\" is\nno jar");
  }
}
