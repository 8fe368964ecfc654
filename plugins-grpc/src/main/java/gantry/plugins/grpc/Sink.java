// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

/** Where the answers to a client go. Written by one thread at a time, which may be any. */
interface Sink<R> {
  /**
   * Sends a message when the client has room for it.
   *
   * @throws gantry.errors.CanceledException if the call is over
   */
  void send(R message) throws InterruptedException;

  /** Tells the client now that the call is being served, before there is anything to send. */
  void open();

  /** Has the handling thread interrupted when the call is over before it is done. */
  void interruptWhenOver();
}
