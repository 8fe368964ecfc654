// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Makes user namespaces. The kernel only lets a process of one thread enter a new one, which this
 * is not: {@code unshare(1)} does, and holds it until it is open here.
 */
final class UserNamespaces {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final byte[] ECHO = {'\n'};

  private UserNamespaces() {}

  /** A namespace with these mappings; it lasts as long as the descriptor or what is made of it. */
  static Fd create(IdMappings ids) throws IOException {
    try (Pipe in = Pipe.open();
        Pipe out = Pipe.open();
        Fd none = Fd.open(Path.of("/dev/null"), Open.WRITE)) {
      int pid =
          new Spawn(program(), List.of("--user", "cat"))
              .descriptors(List.of(in.read(), out.write(), none))
              .start();
      try (PidFd process = PidFd.open(pid)) {
        try {
          awaitInside(in, out);
          return open(pid, ids);
        } finally {
          process.signal(Processes.SIGKILL);
          Poll.await(process.fd(), Poll.READABLE, PATIENCE);
          reap(process);
        }
      }
    }
  }

  /** What {@code cat} gives back tells that {@code unshare} has done its part. */
  private static void awaitInside(Pipe in, Pipe out) throws IOException {
    int written = in.write().write(ECHO, 0, ECHO.length);
    out.write().close();
    boolean answered = Poll.await(out.read(), Poll.READABLE, PATIENCE) != 0;
    if (written != 1 || !answered || out.read().read(new byte[1], 0, 1) != 1) {
      throw new IOException("make a user namespace: the kernel or its settings do not allow it");
    }
  }

  private static Fd open(int pid, IdMappings ids) throws IOException {
    Path process = Path.of("/proc", Integer.toString(pid));
    Files.writeString(process.resolve("uid_map"), IdMappings.table(ids.users()));
    Files.writeString(process.resolve("gid_map"), IdMappings.table(ids.groups()));
    return Fd.open(process.resolve("ns/user"), Open.READ);
  }

  private static void reap(PidFd process) throws IOException {
    try {
      if (process.reap().isEmpty()) {
        throw new IOException("make a user namespace: its first process does not end");
      }
    } catch (ErrnoException e) {
      // a reaper of all children was quicker
      if (!e.is(Errno.ECHILD)) {
        throw e;
      }
    }
  }

  private static Path program() throws IOException {
    for (String directory : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin")) {
      Path program = Path.of(directory, "unshare");
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw new IOException("make a user namespace: unshare is not installed, it is in util-linux");
  }
}
