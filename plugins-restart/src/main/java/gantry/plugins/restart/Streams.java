// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import com.fasterxml.jackson.databind.ObjectMapper;
import gantry.containers.Container;
import gantry.errors.InvalidArgumentException;
import gantry.labels.WellKnown;
import gantry.runtime.ProcessIo;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;

/** Where the streams of a task go that nobody started by hand. Safe for concurrent use. */
final class Streams {
  private final ObjectMapper json = new ObjectMapper();

  /**
   * To the log that the record's label names, else nowhere.
   *
   * @throws InvalidArgumentException if the label is no URI, or the record has no specification
   */
  ProcessIo of(Container record) {
    boolean terminal = hasTerminal(record);
    String uri = record.labels().find(WellKnown.RESTART_LOG_URI).orElse("");
    requireUri(record, uri);
    return new ProcessIo("", uri, terminal ? "" : uri, terminal);
  }

  private static void requireUri(Container record, String uri) {
    try {
      URI _ = new URI(uri);
    } catch (URISyntaxException e) {
      throw new InvalidArgumentException(
          "start %s: failed to parse %s into url: %s".formatted(record.id(), uri, e.getReason()),
          e);
    }
  }

  private boolean hasTerminal(Container record) {
    TypedValue spec = record.spec();
    if (spec == null) {
      throw new InvalidArgumentException("start %s: it has no spec".formatted(record.id()));
    }
    try {
      return json.readTree(spec.value()).path("process").path("terminal").asBoolean();
    } catch (IOException e) {
      throw new InvalidArgumentException(
          "start %s: its spec is not JSON: %s".formatted(record.id(), e.getMessage()), e);
    }
  }
}
