// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What goes to a client. Text is for everybody; marks are for a client that said it knows them. A
 * mark is a zero byte, words, and a newline; no text has a zero byte.
 */
final class Answers {
  /** A line with which a client says that it knows marks; others are not confused by a comment. */
  static final String OPENING = "#!gantry 1";

  /** What a client asks with that knows marks: the candidates for what was typed so far. */
  static final String COMPLETE = "#?complete ";

  private final OutputStream raw;
  private final PrintStream text;
  private volatile boolean marked;

  Answers(OutputStream raw) {
    this.raw = raw;
    this.text = new PrintStream(new Text(raw), true, StandardCharsets.UTF_8);
  }

  /** Text without zero bytes. */
  private static final class Text extends FilterOutputStream {
    Text(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value == 0 ? '?' : value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      byte[] copy = new byte[length];
      for (int i = 0; i < length; i++) {
        copy[i] = bytes[offset + i] == 0 ? (byte) '?' : bytes[offset + i];
      }
      out.write(copy);
    }
  }

  /** Where text goes. */
  PrintStream text() {
    return text;
  }

  /** Whether the client knows marks. */
  boolean isMarked() {
    return marked;
  }

  /** The client knows marks; answers that this side does, too. */
  void open() {
    marked = true;
    mark("ready 1");
  }

  /** A line was executed. */
  void status(boolean succeeded) {
    mark(succeeded ? "status 0" : "status 1");
  }

  /** No line is executed any more; the client may come again. */
  void bye() {
    mark("bye");
  }

  private void mark(String words) {
    if (!marked) {
      return;
    }
    text.flush();
    try {
      raw.write(("\0" + words + "\n").getBytes(StandardCharsets.UTF_8));
      raw.flush();
    } catch (IOException gone) {
      // who reads next notices that the client left
    }
  }
}
