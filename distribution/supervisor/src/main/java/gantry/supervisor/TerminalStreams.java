// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.ConsoleSocket;
import gantry.linux.Fd;
import gantry.linux.Open;
import gantry.linux.Winsize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Streams of a process with a terminal: its master stays here, and a thread copies. */
final class TerminalStreams implements Streams {
  private static final Duration SOCKET = Duration.ofSeconds(30);

  private final ConsoleSocket socket;
  private final Fd none;
  private final Input input;
  private final Fd output;
  private final @Nullable LogProcess logger;
  private final CompletableFuture<Fd> received;
  private volatile @Nullable TerminalPump pump;
  private volatile Runnable ended = () -> {};

  private TerminalStreams(
      ConsoleSocket socket, Fd none, Input input, Fd output, @Nullable LogProcess logger) {
    this.socket = socket;
    this.none = none;
    this.input = input;
    this.output = output;
    this.logger = logger;
    this.received = new CompletableFuture<>();
    // waits for the terminal while the runtime makes it
    Thread.ofPlatform().name("console").daemon().start(this::receive);
  }

  static TerminalStreams open(StdioNames names, Path socketPath, @Nullable LogProcess logger)
      throws IOException {
    ConsoleSocket socket = ConsoleSocket.listen(socketPath);
    Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(socket));
    try {
      Input input = Input.open(names.stdin());
      opened.push(input);
      Fd none = Fd.open(Path.of("/dev/null"), Open.READ_WRITE);
      opened.push(none);
      Fd output = logger == null ? Outputs.open(names.stdout()) : logger.output().duplicate();
      return new TerminalStreams(socket, none, input, output, logger);
    } catch (IOException | RuntimeException e) {
      for (AutoCloseable one : opened) {
        closeAfter(e, one);
      }
      throw e;
    }
  }

  private static void closeAfter(Exception failure, AutoCloseable opened) {
    try {
      opened.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private void receive() {
    try {
      received.complete(socket.receive(SOCKET));
    } catch (IOException e) {
      received.completeExceptionally(e);
    }
  }

  @Override
  public List<Fd> descriptors() {
    return List.of(none, none, none);
  }

  @Override
  public Optional<Path> console() {
    return Optional.of(socket.path());
  }

  @Override
  public void handedOver() throws IOException, InterruptedException {
    Fd master = master();
    pump =
        TerminalPump.start(
            master, input.reader(), output, TerminalPump.Unwritten.NONE, this::terminalEnded);
    if (logger != null) {
      logger.handedOver();
    }
    none.close();
    socket.close();
  }

  @Override
  public void whenEnded(Runnable action) {
    ended = action;
    TerminalPump running = pump;
    if (running != null && running.hasEnded()) {
      action.run();
    }
  }

  private void terminalEnded() {
    ended.run();
  }

  private Fd master() throws IOException, InterruptedException {
    try {
      return received.get(SOCKET.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("receive terminal from runtime: it sent none", e);
    }
  }

  @Override
  public void closeInput() {
    input.closeWriter();
  }

  @Override
  public void resize(Winsize size) throws IOException {
    TerminalPump running = pump;
    if (running != null) {
      running.resize(size);
    }
  }

  @Override
  public boolean drain(Duration longest) throws InterruptedException {
    TerminalPump running = pump;
    return running == null || running.drain(longest);
  }

  @Override
  public Map<Role, Fd> belongings() {
    TerminalPump running = pump;
    if (running == null) {
      return Map.of();
    }
    Map<Role, Fd> open = new EnumMap<>(running.belongings());
    input.writer().ifPresent(fd -> open.put(Role.WRITER, fd));
    return open;
  }

  @Override
  public TerminalPump.Unwritten pause() throws InterruptedException {
    TerminalPump running = pump;
    return running == null ? TerminalPump.Unwritten.NONE : running.pause();
  }

  @Override
  public int loggerPid() {
    return logger == null ? 0 : logger.pid();
  }

  @Override
  public void close() throws IOException {
    TerminalPump running = pump;
    if (running != null) {
      running.close();
    }
    none.close();
    input.close();
    output.close();
    socket.close();
    if (logger != null) {
      logger.close();
    }
  }
}
