// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Passes on the wish to reload; one that comes during the start is kept until that is over. */
final class ReloadSignal implements Runnable {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Runnable daemon;
  private boolean early;

  /** Called for the signal. */
  @Override
  public void run() {
    Runnable target;
    lock.lock();
    try {
      target = daemon;
      early = target == null;
    } finally {
      lock.unlock();
    }
    if (target != null) {
      target.run();
    }
  }

  /** From now on there is somebody who can. */
  void serve(Runnable reload) {
    boolean late;
    lock.lock();
    try {
      daemon = reload;
      late = early;
    } finally {
      lock.unlock();
    }
    if (late) {
      reload.run();
    }
  }
}
