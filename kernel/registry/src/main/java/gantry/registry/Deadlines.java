// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.time.Duration;

/**
 * How long a registry may take. A body, in either direction, must move {@code leastBytes} in each
 * {@code window} of waiting for the network; time its reader or writer takes for itself does not
 * count.
 *
 * @param connect to connect, unless {@code dial_timeout} says otherwise
 * @param answer from the request to the head of the answer
 * @param uploadAnswer from the last byte of an upload to the head of the answer
 */
public record Deadlines(
    Duration connect, Duration answer, Duration uploadAnswer, long leastBytes, Duration window) {

  /** 30 s to connect and to answer, 5 min to take an upload in, 30 KiB in 30 s. */
  public static Deadlines usual() {
    return new Deadlines(
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        30 * 1024,
        Duration.ofSeconds(30));
  }

  /** A duration for messages. */
  static String inWords(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
