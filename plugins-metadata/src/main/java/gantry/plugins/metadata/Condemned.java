// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.CanceledException;
import gantry.errors.UnavailableException;
import gantry.plugins.PluginMemory;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Objects of raw stores that the collection is about to remove. It names an object here, then looks
 * once more whether a record claims it; who wants to claim an object without a record writes the
 * record, then waits here until the object is no longer named. One of the two sees the other, and
 * nobody holds a lock while a raw store works. Safe for concurrent use.
 */
final class Condemned {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final ConcurrentMap<String, CountDownLatch> objects;

  private Condemned(ConcurrentMap<String, CountDownLatch> objects) {
    this.objects = objects;
  }

  /** Those of one raw store, which all versions of this plugin that are active agree on. */
  static Condemned of(PluginMemory memory, String store) {
    return new Condemned(
        memory.<ConcurrentMap<String, CountDownLatch>>keep(
            SqliteMetadata.PLUGIN, "condemned " + store, ConcurrentHashMap::new));
  }

  /** False if somebody is at it already. */
  boolean add(String object) {
    return objects.putIfAbsent(object, new CountDownLatch(1)) == null;
  }

  /** The object is removed, or stays after all. */
  void release(String object) {
    CountDownLatch latch = objects.remove(object);
    if (latch != null) {
      latch.countDown();
    }
  }

  /**
   * Waits until an object is not about to be removed. It may be gone then.
   *
   * @throws UnavailableException if that takes longer than 30 s
   */
  void await(String object) {
    CountDownLatch latch = objects.get(object);
    if (latch == null) {
      return;
    }
    try {
      if (!latch.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UnavailableException(
            "use %s: it is being removed for more than %s: try again".formatted(object, DEADLINE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("use " + object + ": interrupted", e);
    }
  }
}
