// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.progress;

import gantry.oci.Descriptor;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** How far one object is. */
final class Job {
  private static final long NOT_EXTRACTING = -1;

  private final String name;
  private final List<String> parents;
  private final Descriptor descriptor;
  private final AtomicBoolean stored = new AtomicBoolean();
  private volatile LongSupplier offset = () -> 0;
  private volatile long extracted = NOT_EXTRACTING;
  private volatile boolean finished;

  /** What was told last; of one thread only. */
  private long told;

  Job(String name, List<String> parents, Descriptor descriptor) {
    this.name = name;
    this.parents = parents;
    this.descriptor = descriptor;
  }

  String name() {
    return name;
  }

  List<String> parents() {
    return parents;
  }

  Descriptor descriptor() {
    return descriptor;
  }

  void follow(LongSupplier source) {
    offset = source;
  }

  /** Returns whether it was not stored before. */
  boolean store() {
    return stored.compareAndSet(false, true);
  }

  void extract(long to) {
    extracted = to;
  }

  void finish() {
    finished = true;
  }

  /** While its bytes still come, that is what is told, though they are unpacked as they come. */
  boolean isExtracting() {
    return stored.get() && extracted != NOT_EXTRACTING;
  }

  /** The bytes done, or -1 if there is nothing to tell. */
  long moved() {
    if (finished) {
      return -1;
    }
    if (isExtracting()) {
      return extracted;
    }
    long now = offset.getAsLong();
    if (stored.get() || now <= told) {
      return -1;
    }
    told = now;
    return now;
  }
}
