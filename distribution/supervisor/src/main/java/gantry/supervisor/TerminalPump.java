// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.ByteString;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.EventFd;
import gantry.linux.Fd;
import gantry.linux.Poll;
import gantry.linux.Terminal;
import gantry.linux.Winsize;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies between a terminal and its streams on one thread with one buffer each way: nothing is read
 * before what was read has been written. Ends when the last process has left the terminal.
 */
final class TerminalPump implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TerminalPump.class);
  private static final int BUFFER = 8192;
  private static final Duration FOREVER = Duration.ofNanos(-1);

  private final Fd master;
  private final EventFd stop;
  private final Flow outward;
  private final Flow inward;
  private final CountDownLatch done = new CountDownLatch(1);

  private final Runnable ended;
  private volatile boolean pausing;

  private TerminalPump(Fd master, Fd input, Fd output, Unwritten before, Runnable ended)
      throws IOException {
    this.master = master;
    this.stop = new EventFd();
    this.outward = new Flow(master, output, before.outward());
    this.inward = new Flow(input, master, before.inward());
    this.ended = ended;
  }

  /**
   * What was read and not yet written, each way.
   *
   * @param outward for the output
   * @param inward for the terminal
   */
  record Unwritten(ByteString outward, ByteString inward) {
    static final Unwritten NONE = new Unwritten(ByteString.EMPTY, ByteString.EMPTY);
  }

  /**
   * Starts copying. Takes over the master; input and output stay the caller's until drained.
   *
   * @param before goes first
   * @param ended run when the terminal has ended or is no longer copied
   */
  static TerminalPump start(Fd master, Fd input, Fd output, Unwritten before, Runnable ended)
      throws IOException {
    TerminalPump pump = new TerminalPump(master, input, output, before, ended);
    for (Fd fd : List.of(master, input, output)) {
      fd.nonBlocking(true);
    }
    Thread.ofPlatform().name("terminal").daemon().start(pump::run);
    return pump;
  }

  void resize(Winsize size) throws IOException {
    new Terminal(master).resize(size);
  }

  boolean drain(Duration longest) throws InterruptedException {
    return done.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean hasEnded() {
    return done.getCount() == 0;
  }

  /** Its descriptors, as far as they are open. */
  Map<Role, Fd> belongings() {
    Map<Role, Fd> open = new EnumMap<>(Role.class);
    if (master.isOpen()) {
      open.put(Role.MASTER, master);
      open.put(Role.READER, inward.source);
      open.put(Role.OUTPUT, outward.target);
    }
    return open;
  }

  /** Stops copying and leaves everything open; once it has ended there is nothing to leave. */
  Unwritten pause() throws InterruptedException {
    pausing = true;
    try {
      stop.raise();
    } catch (IOException e) {
      LOG.debug("terminal has ended already");
    }
    done.await();
    return new Unwritten(outward.unwritten(), inward.unwritten());
  }

  private void run() {
    try {
      while (!outward.isOver()) {
        int[] ready = poll();
        if (ready[0] != 0) {
          break;
        }
        outward.move(ready[1], ready[2]);
        inward.move(ready[3], ready[4]);
      }
    } catch (IOException e) {
      LOG.warn("terminal is no longer copied", e);
    } finally {
      if (!pausing || outward.isOver()) {
        master.close();
        outward.target.close();
      }
      stop.close();
      done.countDown();
      ended.run();
    }
  }

  private int[] poll() throws IOException {
    return Poll.await(
        List.of(
            new Poll.Interest(stop.fd(), Poll.READABLE),
            outward.reading(stop.fd()),
            outward.writing(stop.fd()),
            inward.reading(stop.fd()),
            inward.writing(stop.fd())),
        FOREVER);
  }

  @Override
  public void close() throws IOException {
    try {
      stop.raise();
    } catch (java.nio.channels.ClosedChannelException e) {
      // ended by itself
      return;
    }
  }

  /** One direction. */
  private static final class Flow {
    private final Fd source;
    private final Fd target;
    private final byte[] buffer;
    private int filled;
    private boolean ended;

    Flow(Fd source, Fd target, ByteString before) {
      this.source = source;
      this.target = target;
      this.buffer = Arrays.copyOf(before.toByteArray(), Math.max(before.size(), BUFFER));
      this.filled = before.size();
    }

    ByteString unwritten() {
      return ByteString.copyFrom(buffer, 0, filled);
    }

    /** Nothing more comes, and what came has been written. */
    boolean isOver() {
      return ended && filled == 0;
    }

    /** A descriptor that is not to be polled is replaced by one that nobody raises. */
    Poll.Interest reading(Fd idle) {
      return filled == 0 && !ended
          ? new Poll.Interest(source, Poll.READABLE)
          : new Poll.Interest(idle, 0);
    }

    Poll.Interest writing(Fd idle) {
      return filled > 0 ? new Poll.Interest(target, Poll.WRITABLE) : new Poll.Interest(idle, 0);
    }

    void move(int readable, int writable) throws IOException {
      if (readable != 0) {
        read();
      }
      if (writable != 0 || (readable != 0 && filled > 0)) {
        write();
      }
    }

    private void read() throws IOException {
      try {
        int count = source.read(buffer, 0, buffer.length);
        ended = count < 0;
        filled = Math.max(count, 0);
      } catch (ErrnoException e) {
        // a terminal nobody has any more fails so
        ended = e.is(Errno.EIO);
        if (!ended && !e.is(Errno.EAGAIN)) {
          throw e;
        }
      }
    }

    private void write() throws IOException {
      try {
        int count = target.write(buffer, 0, filled);
        System.arraycopy(buffer, count, buffer, 0, filled - count);
        filled -= count;
      } catch (ErrnoException e) {
        if (e.is(Errno.EIO)) {
          filled = 0;
        } else if (!e.is(Errno.EAGAIN)) {
          throw e;
        }
      }
    }
  }
}
