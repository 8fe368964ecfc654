// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import containerd.runc.v1.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes processes: opens their streams, lets the runtime make them and takes them over. */
final class Launcher {
  private final Host host;

  Launcher(Host host) {
    this.host = host;
  }

  /** What the runtime is to do. */
  @FunctionalInterface
  interface Call {
    /** Makes the process. */
    void run(Runc.Launch launch) throws IOException, InterruptedException;
  }

  /** Makes a process; after a failure its streams are closed and it has no number. */
  void launch(Task task, TaskProcess process, Path pidFile, Call call)
      throws IOException, InterruptedException {
    Files.deleteIfExists(pidFile);
    Streams streams = open(task, process);
    try {
      call.run(new Runc.Launch(pidFile, streams));
      streams.handedOver();
      process.exists(pid(pidFile), streams);
    } catch (IOException | RuntimeException | InterruptedException e) {
      streams.close();
      throw e;
    }
  }

  private static int pid(Path pidFile) throws IOException {
    try {
      return Integer.parseInt(Files.readString(pidFile).strip());
    } catch (NumberFormatException e) {
      throw new IOException("read " + pidFile + ": no process number", e);
    }
  }

  private Streams open(Task task, TaskProcess process) throws IOException, InterruptedException {
    StdioNames names = process.names();
    String id = process.isInit() ? task.key().id() : process.execId();
    LogProcess logger =
        LogProcess.named(names.stdout())
            ? LogProcess.start(names.stdout(), task.key(), id, host.exits())
            : null;
    try {
      return open(names, task, logger);
    } catch (IOException | RuntimeException e) {
      if (logger != null) {
        logger.close();
      }
      throw e;
    }
  }

  private Streams open(StdioNames names, Task task, @Nullable LogProcess logger)
      throws IOException {
    if (names.terminal()) {
      return TerminalStreams.open(names, consoleSocket(), logger);
    }
    if (logger != null) {
      return new LoggedStreams(Input.open(names.stdin()), logger);
    }
    Options options = Runtimes.options(task.request().getOptions());
    return DirectStreams.open(names, options.getIoUid(), options.getIoGid());
  }

  private Path consoleSocket() throws IOException {
    Path path = Files.createTempFile(host.scratch(), "console", "");
    Files.delete(path);
    return path;
  }
}
