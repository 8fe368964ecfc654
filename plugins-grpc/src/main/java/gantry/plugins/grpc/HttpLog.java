// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.DeadlineExceededException;
import gantry.streaming.MessageStream;
import gantry.wire.ByteStreamWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of HTTP by lines, to the client or into the daemon's own log. Nobody waits long for it: a
 * client that does not read is written no more. Safe for concurrent use.
 */
final class HttpLog extends OutputStream {
  private static final Logger log = LoggerFactory.getLogger(HttpLog.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int LINE_MAX = 64 << 10;

  private final @Nullable ByteStreamWriter client;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean deaf;

  private HttpLog(@Nullable ByteStreamWriter client) {
    this.client = client;
  }

  static HttpLog to(MessageStream stream) {
    return new HttpLog(new ByteStreamWriter(stream, PATIENCE));
  }

  static HttpLog toDaemon() {
    return new HttpLog(null);
  }

  @Override
  public void write(int single) {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      line.write(bytes[i]);
      if (bytes[i] == '\n' || line.size() == LINE_MAX) {
        flush();
      }
    }
  }

  @Override
  public synchronized void flush() {
    byte[] whole = line.toByteArray();
    line.reset();
    if (whole.length == 0 || deaf) {
      return;
    }
    if (client == null) {
      log.info("{}", new String(whole, StandardCharsets.UTF_8).stripTrailing());
      return;
    }
    try {
      client.write(whole, 0, whole.length);
    } catch (IOException | DeadlineExceededException e) {
      log.debug("a client does not read its log of HTTP any more", e);
      deaf = true;
    }
  }

  @Override
  public void close() {
    flush();
    if (client != null) {
      client.close();
    }
  }
}
