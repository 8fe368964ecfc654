// SPDX-License-Identifier: Apache-2.0
package gantry.boot.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LoggersTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Loggers loggers = new Loggers(new PrintStream(out, true, StandardCharsets.UTF_8));

  @Test
  void line_hasTimeLevelMessageAndLogger() {
    loggers.getLogger("a.b").warn("pulled {} of \"{}\"", 2, "x");

    assertThat(text())
        .matches(
            "time=\"\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{9}Z\" level=warning"
                + " msg=\"pulled 2 of \\\\\"x\\\\\"\" logger=a\\.b\n");
  }

  @Test
  void json_isOneObjectPerLine() {
    loggers.json(true);

    loggers.getLogger("a").error("two\nlines", new IllegalStateException("why"));

    assertThat(text())
        .startsWith("{\"level\":\"error\",\"logger\":\"a\",\"msg\":\"two\\nlines\",\"error\":\"")
        .contains("IllegalStateException: why")
        .endsWith("Z\"}\n")
        .hasLineCount(1);
  }

  @Test
  void level_ofALogger_holdsForThoseBelowIt() {
    Logger below = loggers.getLogger("a.b.c");
    Logger beside = loggers.getLogger("a.x");

    loggers.set("a.b", "debug");
    below.debug("seen");
    beside.debug("not seen");
    loggers.getLogger("a.b.d").debug("seen too");

    assertThat(text()).contains("\"seen\"", "\"seen too\"").doesNotContain("not seen");
    assertThat(loggers.levels()).containsEntry("a.b", "debug").containsEntry("root", "info");
  }

  @Test
  void level_thatIsNone_isRefused() {
    assertThatThrownBy(() -> loggers.set("root", "loud"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no level \"loud\"");
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
