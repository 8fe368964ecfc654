// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

/** A call in one version of a plugin. Times are those of {@link Watch#now}. */
final class Flight<T> {
  final Provider<T> provider;
  final Thread thread;
  final long start;
  final long deadline;

  /** When the watch looks at it; the watch's own once the call is seen. */
  long due;

  /** Where it is among the others; written by its thread before anybody else sees it. */
  int place;

  private volatile boolean interrupted;

  /** A call of this thread. */
  Flight(Provider<T> provider, long start, long deadline) {
    this.provider = provider;
    this.thread = Thread.currentThread();
    this.start = start;
    this.deadline = deadline;
    this.due = deadline;
  }

  /** Interrupts the call; only for who claimed it, so that its thread is still in it. */
  void interrupt() {
    thread.interrupt();
    interrupted = true;
  }

  /** Waits until who claimed it has interrupted it: a moment. */
  void awaitInterrupt() {
    while (!interrupted) {
      Thread.onSpinWait();
    }
  }

  /** What takes the place of a call that is to be interrupted. */
  record Late(Flight<?> flight) {}
}
