// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.registry.RemoteBlob;
import gantry.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives a blob over one connection, or one after another where they break. */
final class Receiver {
  private static final Logger log = LoggerFactory.getLogger(Receiver.class);
  private static final int BUFFER = 128 * 1024;
  private static final int FUTILE_MAX = 3;
  private static final int BREAKS_MAX = 50;
  private static final int PAUSE_MILLIS = 200;

  private final Repository repository;
  private final Wanted wanted;
  private final Descriptor descriptor;
  private final Sink sink;

  Receiver(Repository repository, Wanted wanted, Sink sink) {
    this.repository = repository;
    this.wanted = wanted;
    this.descriptor = wanted.descriptor();
    this.sink = sink;
  }

  /** What broke was the connection, not the disk. */
  private static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /**
   * Receives what is missing.
   *
   * @throws FailedPreconditionException if the host has another size than wanted
   */
  void receive() throws IOException {
    int breaks = 0;
    int futile = 0;
    while (sink.offset() < descriptor.size()) {
      long before = sink.offset();
      try {
        connect();
        return;
      } catch (BrokenException e) {
        futile = sink.offset() > before ? 0 : futile + 1;
        breaks++;
        if (futile >= FUTILE_MAX || breaks >= BREAKS_MAX) {
          throw e;
        }
        log.debug("fetch {}: {}; going on at {}", descriptor.digest(), e.getMessage(), before);
        pause();
      }
    }
  }

  private void connect() throws IOException {
    try (RemoteBlob remote = repository.fetch(descriptor, wanted.urls(), sink.offset())) {
      copy(remote);
    } catch (UnimplementedException e) {
      if (sink.offset() == 0) {
        throw e;
      }
      log.debug("fetch {}: {}; what is there is skipped", descriptor.digest(), e.getMessage());
      connectAndSkip();
    }
  }

  private void connectAndSkip() throws IOException {
    try (RemoteBlob remote = repository.fetch(descriptor, wanted.urls(), 0)) {
      try {
        remote.body().skipNBytes(sink.offset());
      } catch (IOException e) {
        throw new BrokenException(e);
      }
      copy(remote);
    }
  }

  private void copy(RemoteBlob remote) throws IOException {
    if (remote.total() >= 0 && remote.total() != descriptor.size()) {
      throw wrongSize(remote.host() + " has " + remote.total());
    }
    byte[] buffer = new byte[(int) Math.min(BUFFER, descriptor.size())];
    while (true) {
      int count = read(remote.body(), buffer);
      if (count < 0) {
        return;
      }
      if (count > descriptor.size() - sink.offset()) {
        throw wrongSize(remote.host() + " sends more");
      }
      sink.write(buffer, count);
    }
  }

  private FailedPreconditionException wrongSize(String what) {
    return new FailedPreconditionException(
        "unexpected size: want %d bytes, %s".formatted(descriptor.size(), what));
  }

  private static int read(InputStream body, byte[] buffer) throws IOException {
    try {
      return body.read(buffer);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new BrokenException(e);
    }
  }

  private void pause() {
    try {
      // hosts that have just dropped a connection seldom take the next at once
      boolean never = new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      assert !never;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("fetch %s: canceled".formatted(descriptor.digest()), e);
    }
  }
}
