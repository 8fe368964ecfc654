// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import java.util.List;

/** How long lists are cut into messages. */
final class Batches {
  /** Objects in one message; clients of containerd see this number too. */
  static final int SIZE = 100;

  private Batches() {}

  /** What is done with one batch. */
  @FunctionalInterface
  interface Batch<T> {
    void send(List<T> items) throws InterruptedException;
  }

  /** Cuts a list; an empty one gives no batch. */
  static <T> void of(List<T> items, Batch<T> batch) throws InterruptedException {
    for (int from = 0; from < items.size(); from += SIZE) {
      batch.send(items.subList(from, Math.min(from + SIZE, items.size())));
    }
  }
}
