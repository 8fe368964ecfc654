// SPDX-License-Identifier: Apache-2.0
package gantry.events;

import gantry.filters.Filter;
import gantry.names.Namespace;

/**
 * Where events go. It is part of the floor: no plugin's swap loses an event. A subscriber sees
 * events of all namespaces that its filter matches, each once and in the order they were published,
 * from the moment it subscribed; there is no replay. A slow subscriber costs no other anything.
 * Safe for concurrent use.
 */
public interface EventBus {
  /** Publishes an event that happened now. */
  void publish(Namespace namespace, Event event);

  /**
   * Publishes an event that somebody else saw.
   *
   * @throws gantry.errors.InvalidArgumentException if namespace, topic or timestamp are missing or
   *     malformed
   */
  void forward(Envelope envelope);

  /** Begins to listen. Close the subscription to end. */
  Subscription subscribe(Filter filter);
}
