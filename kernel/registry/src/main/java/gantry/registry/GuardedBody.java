// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** A body that fails when it is too slow or when its reader is interrupted. For one reader. */
final class GuardedBody extends InputStream {
  private final InputStream in;
  private final String host;
  private final Throughput throughput;
  private final ScheduledFuture<?> watch;
  private volatile boolean slow;
  private boolean ended;

  GuardedBody(InputStream in, String host, Deadlines deadlines, Watchdog watchdog) {
    this.in = in;
    this.host = host;
    throughput = new Throughput(deadlines);
    watch = watchdog.watch(throughput, this::giveUp);
  }

  private void giveUp() {
    slow = true;
    try {
      in.close();
    } catch (IOException e) {
      // its reader is told why in any case
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(null);
    }
    int n = 0;
    throughput.waits();
    try {
      n = in.read(buffer, offset, length);
    } catch (IOException e) {
      throw told(e);
    } finally {
      throughput.moved(n);
    }
    if (n < 0) {
      if (slow) {
        throw told(new EOFException("closed"));
      }
      ended = true;
      watch.cancel(false);
    }
    return n;
  }

  private IOException told(IOException cause) {
    watch.cancel(false);
    if (slow) {
      return new IOException(
          "read from %s: too slow: %s; try again or another mirror"
              .formatted(host, throughput.story()),
          cause);
    }
    if (Thread.currentThread().isInterrupted()
        || cause.getCause() instanceof InterruptedException) {
      return interrupted(cause);
    }
    return new IOException(
        "read from %s: connection broke after %d bytes: %s"
            .formatted(host, throughput.total(), cause.getMessage()),
        cause);
  }

  private InterruptedIOException interrupted(@Nullable Throwable cause) {
    Thread.currentThread().interrupt();
    giveUpQuietly();
    InterruptedIOException interrupted =
        new InterruptedIOException("read from " + host + ": interrupted");
    interrupted.initCause(cause);
    return interrupted;
  }

  private void giveUpQuietly() {
    watch.cancel(false);
    try {
      in.close();
    } catch (IOException e) {
      // nobody reads it any more
    }
  }

  @Override
  public void close() throws IOException {
    watch.cancel(false);
    in.close();
  }
}
