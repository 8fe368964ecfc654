// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.Fd;
import gantry.linux.PidFd;
import gantry.linux.Pipe;
import gantry.linux.Poll;
import gantry.linux.Processes;
import gantry.linux.Spawn;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a stream processor makes of a stream. Its standard input is the stream, its standard output
 * what is read here; descriptor 3, if there is a payload, gives that. The end is only reported once
 * it has exited with 0. Closing kills it with all it started. Read by one thread; closed by any.
 */
final class ProcessorStream extends InputStream {
  private static final Duration EXIT_TIME = Duration.ofSeconds(10);
  private static final int BUFFER = 64 * 1024;
  private static final int COMPLAINT_MAX = 4096;

  private final StreamProcessor processor;
  private final InputStream source;
  private final Fd output;
  private final PidFd process;
  private final CompletableFuture<@Nullable IOException> fed = new CompletableFuture<>();
  private final CompletableFuture<String> complaint = new CompletableFuture<>();
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private boolean ended;
  private volatile boolean closed;

  /** Its number may be another process's by now. */
  private volatile boolean reaped;

  private ProcessorStream(StreamProcessor processor, InputStream source, Fd output, PidFd process) {
    this.processor = processor;
    this.source = source;
    this.output = output;
    this.process = process;
  }

  /**
   * Starts a processor.
   *
   * @param mediaType of the stream
   * @param source closed with the result
   */
  static ProcessorStream start(
      StreamProcessor processor, String mediaType, InputStream source, @Nullable TypedValue payload)
      throws IOException {
    Pipe in = Pipe.open();
    Pipe out = Pipe.open();
    Pipe error = Pipe.open();
    Pipe extra = Pipe.open();
    try {
      List<Fd> descriptors = new ArrayList<>(List.of(in.read(), out.write(), error.write()));
      if (payload != null) {
        descriptors.add(extra.read());
      }
      int pid =
          new Spawn(processor.program(), processor.args())
              .environment(environment(processor, mediaType))
              .descriptors(descriptors)
              .newSession()
              .start();
      ProcessorStream stream = new ProcessorStream(processor, source, out.read(), PidFd.open(pid));
      stream.begin(in.write(), error.read(), extra.write(), payload);
      return stream;
    } catch (IOException e) {
      List.of(in.write(), out.read(), error.read(), extra.write()).forEach(Fd::close);
      throw e instanceof ProcessorException
          ? e
          : new ProcessorException(
              "stream processor %s: %s".formatted(processor.id(), e.getMessage()));
    } finally {
      List.of(in.read(), out.write(), error.write(), extra.read()).forEach(Fd::close);
    }
  }

  private void begin(Fd in, Fd error, Fd extra, @Nullable TypedValue payload) {
    thread("processor-in", () -> feed(in));
    thread("processor-error", () -> listen(error));
    byte[] any = payload == null ? new byte[0] : AnyMessage.encode(payload);
    thread("processor-payload", () -> give(extra, any));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    int n = Math.min(length, limit - position);
    System.arraycopy(buffer, position, bytes, offset, n);
    position += n;
    return n;
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    int n = output.read(buffer, 0, BUFFER);
    position = 0;
    limit = Math.max(n, 0);
    if (n < 0) {
      ended = true;
      requireSuccess();
    }
    return n > 0;
  }

  /** The process is asked first: a stream below that it did not want to read is no trouble. */
  private void requireSuccess() throws IOException {
    if (closed) {
      throw new IOException("read from stream processor %s: closed".formatted(processor.id()));
    }
    if (Poll.await(process.fd(), Poll.READABLE, EXIT_TIME) == 0) {
      kill();
      throw new ProcessorException(
          "stream processor %s closed its output but did not exit within %d s"
              .formatted(processor.id(), EXIT_TIME.toSeconds()));
    }
    IOException trouble = fed.getNow(null);
    if (trouble != null) {
      throw trouble;
    }
    int status = process.reap().orElse(0);
    reaped = true;
    if (status != 0) {
      String said =
          complaint
              .orTimeout(EXIT_TIME.toSeconds(), TimeUnit.SECONDS)
              .exceptionally(e -> "")
              .join();
      throw new ProcessorException(
          "stream processor %s failed with exit status %d: %s"
              .formatted(processor.id(), status, said.isBlank() ? "it gave no reason" : said));
    }
  }

  private void feed(Fd in) {
    byte[] bytes = new byte[BUFFER];
    IOException trouble = null;
    try (in) {
      for (int n = source.read(bytes); n >= 0 && !closed; n = source.read(bytes)) {
        write(in, bytes, n);
      }
    } catch (ErrnoException e) {
      trouble = e.is(Errno.EPIPE) ? null : e;
    } catch (IOException e) {
      trouble = e;
    } catch (RuntimeException e) {
      trouble = new IOException(e.getMessage(), e);
    }
    fed.complete(trouble);
    if (trouble != null) {
      // it would take the end of its input for the end of the layer
      kill();
    }
  }

  private void listen(Fd error) {
    StringBuilder said = new StringBuilder();
    byte[] bytes = new byte[COMPLAINT_MAX];
    try (error) {
      for (int n = error.read(bytes, 0, bytes.length); n >= 0; ) {
        int room = COMPLAINT_MAX - said.length();
        String text = new String(bytes, 0, n, StandardCharsets.UTF_8);
        said.append(text, 0, Math.min(text.length(), room));
        n = error.read(bytes, 0, bytes.length);
      }
    } catch (IOException e) {
      said.append(e.getMessage());
    }
    complaint.complete(said.toString().strip());
  }

  private static void give(Fd extra, byte[] payload) {
    try (extra) {
      write(extra, payload, payload.length);
    } catch (ErrnoException e) {
      if (!e.is(Errno.EPIPE)) {
        throw new UncheckedIOException(e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Fd fd, byte[] bytes, int length) throws IOException {
    int written = 0;
    while (written < length) {
      written += fd.write(bytes, written, length - written);
    }
  }

  /** Kills it with what it started, and closes the stream below. Idempotent. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    kill();
    source.close();
    if (!reaped && Poll.await(process.fd(), Poll.READABLE, EXIT_TIME) != 0) {
      reap();
    }
    process.close();
    output.close();
  }

  private void kill() {
    if (reaped) {
      return;
    }
    try {
      Processes.kill(-process.pid(), Processes.SIGKILL);
    } catch (IOException e) {
      // it and its group are gone: that is what was wanted
      return;
    }
  }

  private void reap() throws IOException {
    try {
      reaped = process.reap().isPresent();
    } catch (ErrnoException e) {
      if (!e.is(Errno.ECHILD)) {
        throw e;
      }
    }
  }

  private static Map<String, String> environment(StreamProcessor processor, String mediaType) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    for (String variable : processor.env()) {
      int equals = variable.indexOf('=');
      environment.put(
          equals < 0 ? variable : variable.substring(0, equals),
          equals < 0 ? "" : variable.substring(equals + 1));
    }
    environment.put("STREAM_PROCESSOR_MEDIATYPE", mediaType);
    return environment;
  }

  private static void thread(String name, Runnable work) {
    Thread.ofPlatform().name(name).daemon().start(work);
  }
}
