// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.streaming.MessageStream;
import gantry.transfer.CredentialSource;
import gantry.wire.ByteStreamReader;
import gantry.wire.ByteStreamWriter;
import gantry.wire.TransferWire;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The streams one transfer uses. Closing it ends them all. Not safe for concurrent use. */
final class TransferStreams implements TransferWire.ClientStreams, AutoCloseable {
  /** How long a client may read or write nothing; its user may be asleep, so is the transfer. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final Function<String, MessageStream> open;
  private final List<MessageStream> used = new ArrayList<>();
  private final List<HttpLog> logs = new ArrayList<>();

  /**
   * Finds streams.
   *
   * @param open the stream of an id; may throw
   */
  TransferStreams(Function<String, MessageStream> open) {
    this.open = open;
  }

  @Override
  public InputStream reader(String id) {
    return new ByteStreamReader(use(id), PATIENCE);
  }

  @Override
  public OutputStream writer(String id) {
    return new BufferedOutputStream(
        new ByteStreamWriter(use(id), PATIENCE), ByteStreamWriter.CHUNK);
  }

  @Override
  public CredentialSource credentials(String id) {
    return new ClientCredentials(use(id));
  }

  @Override
  public OutputStream httpLog(String id) {
    HttpLog log = id.isEmpty() ? HttpLog.toDaemon() : HttpLog.to(use(id));
    logs.add(log);
    return log;
  }

  private MessageStream use(String id) {
    MessageStream stream = open.apply(id);
    used.add(stream);
    return stream;
  }

  @Override
  public void close() throws IOException {
    for (HttpLog log : logs) {
      log.close();
    }
    used.forEach(MessageStream::close);
  }
}
