// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.streaming.MessageStream;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import gantry.typed.TypedValue;
import gantry.wire.TransferMessageWire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Asks the client for credentials, one question at a time. Safe for concurrent use. */
final class ClientCredentials implements CredentialSource {
  /** The client may ask a person. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final MessageStream stream;
  private final ReentrantLock asking = new ReentrantLock();

  ClientCredentials(MessageStream stream) {
    this.stream = stream;
  }

  @Override
  public Credentials credentials(String host, String reference, List<String> challenges)
      throws IOException {
    asking.lock();
    try {
      stream.send(
          TransferMessageWire.encode(
              new TransferMessageWire.CredentialQuestion(host, reference, challenges)));
      TypedValue answer = stream.receive(PATIENCE);
      if (answer == null) {
        throw new IOException("credentials for %s: the client answers no more".formatted(host));
      }
      return TransferMessageWire.credentials(answer);
    } finally {
      asking.unlock();
    }
  }
}
