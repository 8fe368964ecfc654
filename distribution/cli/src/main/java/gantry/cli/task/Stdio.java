// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Console;
import gantry.linux.Fifos;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The streams of a process as named pipes, with our ends of them: what the process writes goes to
 * our output, what we read goes to its input. Opening a pipe waits for the other side, so each has
 * a thread of its own; all of them are daemons, because reading our own input cannot be
 * interrupted.
 */
public final class Stdio implements AutoCloseable {
  private static final int CHUNK = 64 << 10;
  private static final int PRIVATE = 0700;

  private final ProcessIo io;
  private volatile boolean ours;
  private final List<Thread> outputs = new ArrayList<>();

  private Stdio(ProcessIo io, boolean ours) {
    this.io = io;
    this.ours = ours;
  }

  /**
   * Makes the pipes in a fresh directory.
   *
   * @param base where the directory is made; made itself if need be
   * @param name of the process, for the names of the pipes
   * @param terminal whether the process has a terminal: then it has no stream for errors
   */
  public static Stdio make(Path base, String name, boolean terminal) throws IOException {
    Files.createDirectories(base);
    Path dir = Files.createTempDirectory(base, "");
    Path in = fifo(dir, name + "-stdin");
    Path out = fifo(dir, name + "-stdout");
    String err = terminal ? "" : fifo(dir, name + "-stderr").toString();
    return new Stdio(new ProcessIo(in.toString(), out.toString(), err, terminal), true);
  }

  /** The pipes of a process that somebody else made; they are left alone when this is closed. */
  public static Stdio of(ProcessState process) {
    return new Stdio(
        new ProcessIo(process.stdin(), process.stdout(), process.stderr(), process.terminal()),
        false);
  }

  /** What to tell the daemon. */
  public ProcessIo io() {
    return io;
  }

  /**
   * Begins to copy.
   *
   * @param ended run when our input has ended and the process's has been closed
   */
  public void connect(Console console, Runnable ended) {
    connect(console, ended, DetachKeys.parse(""), () -> {});
  }

  /**
   * As above.
   *
   * @param keys that end our input without closing the process's
   * @param detached run when they were pressed
   */
  void connect(Console console, Runnable ended, DetachKeys keys, Runnable detached) {
    if (!io.stdout().isEmpty()) {
      outputs.add(start("stdout", () -> pull(io.stdout(), console.out())));
    }
    if (!io.stderr().isEmpty()) {
      outputs.add(start("stderr", () -> pull(io.stderr(), console.err())));
    }
    if (!io.stdin().isEmpty()) {
      start("stdin", () -> push(console.in(), io.stdin(), ended, keys.watch(), detached));
    }
  }

  /**
   * Keeps the outputs open without reading them, until the result is closed: a daemon waits for
   * somebody at the other end before it makes a process, and afterwards keeps them open itself.
   */
  public Hold hold() throws IOException {
    Hold hold = new Hold(new ArrayList<>());
    try {
      for (String path : List.of(io.stdout(), io.stderr())) {
        if (!path.isEmpty()) {
          hold.pipes().add(new RandomAccessFile(path, "rw"));
        }
      }
      return hold;
    } catch (IOException failure) {
      hold.close();
      throw failure;
    }
  }

  /** Outputs that are kept open. */
  public record Hold(List<RandomAccessFile> pipes) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      for (RandomAccessFile pipe : pipes) {
        pipe.close();
      }
    }
  }

  /** Waits until everything the process wrote was copied; false if that took too long. */
  public boolean awaitOutput(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    for (Thread output : outputs) {
      if (!output.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
        return false;
      }
    }
    return true;
  }

  /** Leaves the pipes to the process, and to whoever attaches to it later. */
  void leave() {
    ours = false;
  }

  /** Removes the pipes; threads that still wait for the other side of one are let go. */
  @Override
  public void close() {
    if (!ours) {
      return;
    }
    for (String path : List.of(io.stdin(), io.stdout(), io.stderr())) {
      if (!path.isEmpty()) {
        release(Path.of(path));
      }
    }
    try {
      Files.deleteIfExists(Path.of(io.stdin()).resolveSibling(""));
    } catch (IOException left) {
      // somebody put something there: theirs to remove
    }
  }

  private static Path fifo(Path dir, String name) throws IOException {
    Path path = dir.resolve(name);
    Fifos.create(path, PRIVATE);
    return path;
  }

  private static void release(Path fifo) {
    try (RandomAccessFile _ = new RandomAccessFile(fifo.toFile(), "rw")) {
      Files.deleteIfExists(fifo);
    } catch (IOException gone) {
      // nobody can be waiting for a pipe that is not there
    }
  }

  private static Thread start(String name, Runnable body) {
    return Thread.ofPlatform().daemon().name("gantry-" + name).start(body);
  }

  private static void pull(String fifo, PrintStream out) {
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = new FileInputStream(fifo)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(chunk, 0, read);
        out.flush();
      }
    } catch (IOException gone) {
      // the process lost its pipe: its exit code tells the rest
    }
  }

  private static void push(
      InputStream in, String fifo, Runnable ended, DetachKeys.Watch keys, Runnable detached) {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = new FileOutputStream(fifo)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(keys.pass(chunk, read));
        if (keys.isComplete()) {
          detached.run();
          return;
        }
      }
      out.write(keys.rest());
    } catch (IOException gone) {
      return; // the process closed its input or is gone
    }
    ended.run();
  }
}
