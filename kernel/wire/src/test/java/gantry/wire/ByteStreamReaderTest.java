// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.streaming.MessageStream;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ByteStreamReaderTest {
  @Test
  void senderThatIsGone_hasSentAll() throws IOException {
    Gone stream = new Gone("first ", "last");

    byte[] bytes = new ByteStreamReader(stream, Duration.ofSeconds(1)).readAllBytes();

    assertThat(bytes).asString(UTF_8).isEqualTo("first last");
  }

  @Test
  void senderThatBroke_isNotTakenForDone() {
    Gone stream = new Gone("first ");
    stream.broken = true;

    assertThatThrownBy(() -> new ByteStreamReader(stream, Duration.ofSeconds(1)).readAllBytes())
        .isInstanceOf(IOException.class)
        .hasMessage("broken");
  }

  /** Takes nothing any more; what it sent before can be received. */
  private static final class Gone implements MessageStream {
    private final Queue<TypedValue> sent = new ArrayDeque<>();
    private boolean broken;

    Gone(String... pieces) {
      for (String piece : pieces) {
        sent.add(TransferMessageWire.data(piece.getBytes(UTF_8), 0, piece.length()));
      }
    }

    @Override
    public void send(TypedValue message) throws IOException {
      throw new IOException("ended");
    }

    @Override
    public @Nullable TypedValue receive(Duration deadline) throws IOException {
      if (sent.isEmpty() && broken) {
        throw new IOException("broken");
      }
      return sent.poll();
    }

    @Override
    public void onClose(Runnable action) {}

    @Override
    public void close() {}
  }
}
