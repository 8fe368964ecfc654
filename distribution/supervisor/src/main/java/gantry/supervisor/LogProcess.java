// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.InvalidArgumentException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.Fd;
import gantry.linux.Open;
import gantry.linux.PidFd;
import gantry.linux.PidWatcher;
import gantry.linux.Pipe;
import gantry.linux.Poll;
import gantry.linux.Processes;
import gantry.linux.Spawn;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A program that takes the output of a process, named {@code binary:///path?key=value}: it gets the
 * pairs as arguments, output, errors and a pipe to say that it is ready as descriptors 3, 4 and 5,
 * and the names of container and namespace in its environment.
 */
final class LogProcess implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(12);

  private final Fd output;
  private final Fd error;
  private final int pid;
  private final @Nullable PidFd process;
  private final CompletableFuture<PidWatcher.End> end;

  private LogProcess(
      Fd output,
      Fd error,
      int pid,
      @Nullable PidFd process,
      CompletableFuture<PidWatcher.End> end) {
    this.output = output;
    this.error = error;
    this.pid = pid;
    this.process = process;
    this.end = end;
  }

  private LogProcess(Fd output, Fd error, int pid, CompletableFuture<PidWatcher.End> end)
      throws IOException {
    this(output, error, pid, handle(pid), end);
  }

  /** None if it has ended. */
  private static @Nullable PidFd handle(int pid) throws IOException {
    try {
      return PidFd.open(pid);
    } catch (ErrnoException e) {
      if (e.is(Errno.ESRCH)) {
        return null;
      }
      throw e;
    }
  }

  /** Whether a name asks for one. */
  static boolean named(String name) {
    String scheme = Outputs.scheme(name);
    return scheme.equals("binary") || scheme.equals("binary-v2");
  }

  /** Starts one and waits until it is ready. */
  static LogProcess start(String name, TaskKey task, String id, PidWatcher exits)
      throws IOException, InterruptedException {
    URI uri = parse(name);
    try (Pipe ready = Pipe.open();
        Fd none = Fd.open(Path.of("/dev/null"), Open.READ_WRITE)) {
      Pipe output = Pipe.open();
      Pipe error = Pipe.open();
      try (Fd outputRead = output.read();
          Fd errorRead = error.read()) {
        int pid =
            new Spawn(Path.of(uri.getPath()), arguments(uri))
                .environment(environment(task, id))
                .descriptors(List.of(none, none, none, outputRead, errorRead, ready.write()))
                .start();
        // before anybody waits for it: until then the number is its own
        PidFd handle = PidFd.open(pid);
        LogProcess process =
            new LogProcess(output.write(), error.write(), pid, handle, exits.watch(pid));
        ready.write().close();
        process.awaitReady(ready.read(), uri);
        return process;
      } catch (IOException | RuntimeException | InterruptedException e) {
        output.close();
        error.close();
        throw e;
      }
    }
  }

  /**
   * One that an earlier supervisor started; its pipes went to those who write to it.
   *
   * @param pid it may have ended
   */
  static LogProcess adopted(int pid, PidWatcher exits) throws IOException {
    Pipe none = Pipe.open();
    none.close();
    CompletableFuture<PidWatcher.End> end;
    try {
      end = exits.watch(pid);
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
      end =
          CompletableFuture.completedFuture(
              new PidWatcher.End(pid, OptionalInt.empty(), Instant.now()));
    }
    return new LogProcess(none.write(), none.write(), pid, end);
  }

  int pid() {
    return pid;
  }

  private static URI parse(String name) {
    try {
      URI uri = URI.create(name);
      if (uri.getPath() != null && !uri.getPath().isEmpty()) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException("start logger " + name + ": malformed URI", e);
    }
    throw new InvalidArgumentException("start logger " + name + ": no path");
  }

  private static List<String> arguments(URI uri) {
    List<String> arguments = new ArrayList<>();
    if (uri.getRawQuery() == null) {
      return arguments;
    }
    for (String pair : uri.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      arguments.add(decode(equals < 0 ? pair : pair.substring(0, equals)));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (!value.isEmpty()) {
        arguments.add(value);
      }
    }
    return arguments;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Nothing of the supervisor's own environment, which is none of its business. */
  private static Map<String, String> environment(TaskKey task, String id) {
    return Map.of("CONTAINER_ID", id, "CONTAINER_NAMESPACE", task.namespace());
  }

  /** It says so by a byte or by closing the pipe; in version 2 only the byte counts. */
  private void awaitReady(Fd ready, URI uri) throws IOException, InterruptedException {
    CompletableFuture<Integer> count =
        CompletableFuture.supplyAsync(
            () -> readReady(ready), task -> Thread.ofPlatform().name("log-ready").start(task));
    try {
      int bytes = count.get();
      if (bytes == NOT_READY || (bytes < 1 && uri.getScheme().equals("binary-v2"))) {
        throw new IOException(
            "start logger " + uri + ": it did not say that it is ready; it may have crashed");
      }
    } catch (ExecutionException | IOException e) {
      close();
      throw e instanceof IOException io ? io : new IOException("start logger " + uri, e);
    }
  }

  private static final int NOT_READY = -2;

  private static int readReady(Fd ready) {
    try {
      return Poll.await(ready, Poll.READABLE, READY) == 0
          ? NOT_READY
          : ready.read(new byte[1], 0, 1);
    } catch (IOException e) {
      return NOT_READY;
    }
  }

  /** Where the process writes its output; owned here. */
  Fd output() {
    return output;
  }

  /** Where it writes its errors; owned here. */
  Fd error() {
    return error;
  }

  /** Lets go of the pipes: when the process has let go of them too, the logger sees the end. */
  void handedOver() {
    output.close();
    error.close();
  }

  boolean drain(Duration longest) throws InterruptedException {
    try {
      end.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private void stop() throws IOException, InterruptedException {
    signal(Processes.SIGTERM);
    if (!drain(GRACE)) {
      signal(Processes.SIGKILL);
    }
  }

  private void signal(int number) throws IOException {
    if (end.isDone() || process == null) {
      return;
    }
    try {
      process.signal(number);
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    handedOver();
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (process != null) {
        process.close();
      }
    }
  }
}
