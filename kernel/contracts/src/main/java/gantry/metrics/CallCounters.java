// SPDX-License-Identifier: Apache-2.0
package gantry.metrics;

import gantry.plugins.Contract;
import java.util.List;
import java.util.Map;

/** A server that counts the calls of its clients. Safe for concurrent use. */
@Contract
public interface CallCounters {
  /** The calls since the daemon started, by method; none of methods nobody called. */
  List<CallCount> calls();

  /**
   * The calls of a method.
   *
   * @param kind {@code unary}, {@code client_stream}, {@code server_stream} or {@code bidi_stream}
   * @param service its full name
   * @param received messages from clients
   * @param sent messages to clients
   * @param ended how many ended, by the status they ended with, as gRPC names it in Go: {@code OK},
   *     {@code NotFound}
   * @param took how long those took that ended
   */
  record CallCount(
      String kind,
      String service,
      String method,
      long started,
      long received,
      long sent,
      Map<String, Long> ended,
      Histogram took) {
    /** Copies the map. */
    public CallCount {
      ended = Map.copyOf(ended);
    }
  }
}
