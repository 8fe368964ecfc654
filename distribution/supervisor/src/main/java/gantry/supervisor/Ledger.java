// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.MessageLite;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import gantry.runtime.Exit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must outlive this process, as files: which tasks there are, their processes and how those
 * ended. Each file is written whole, synced and renamed into place, so it is there or not.
 */
final class Ledger {
  private static final String TASK = "task";
  private static final String EXEC = "exec";
  private static final String PID = "pid";
  private static final String EXIT = "exit";
  private static final String EXECS = "execs";

  private final Path root;

  Ledger(Path root) {
    this.root = root;
  }

  /** A process number and when it was born, in the kernel's ticks: together they are unique. */
  record Birth(int pid, long startTicks) {}

  /** What is known of a process. */
  record Life(Optional<Birth> birth, Optional<Exit> exit) {}

  /** An exec found on disk. */
  record FoundExec(ExecProcessRequest request, Life life) {}

  /** A task found on disk. */
  record FoundTask(TaskKey key, CreateTaskRequest request, Life life, List<FoundExec> execs) {
    FoundTask {
      execs = List.copyOf(execs);
    }
  }

  Path directory(TaskKey key) {
    return root.resolve(key.namespace()).resolve(key.id());
  }

  private Path directory(TaskKey key, String execId) {
    return execId.isEmpty() ? directory(key) : directory(key).resolve(EXECS).resolve(execId);
  }

  void created(TaskKey key, CreateTaskRequest request) throws IOException {
    Files.createDirectories(directory(key));
    write(directory(key).resolve(TASK), request);
  }

  void execAdded(TaskKey key, ExecProcessRequest request) throws IOException {
    Path directory = directory(key, request.getExecId());
    Files.createDirectories(directory);
    write(directory.resolve(EXEC), request);
  }

  void started(TaskKey key, String execId, int pid) throws IOException {
    String line = pid + " " + startTicks(pid).orElse(0L);
    write(directory(key, execId).resolve(PID), line.getBytes(StandardCharsets.UTF_8));
  }

  void ended(TaskKey key, String execId, Exit exit) throws IOException {
    String line = "%d %d %d".formatted(exit.pid(), exit.status(), exit.exitedAt().toEpochMilli());
    write(directory(key, execId).resolve(EXIT), line.getBytes(StandardCharsets.UTF_8));
  }

  void forget(TaskKey key, String execId) throws IOException {
    Path directory = directory(key, execId);
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  List<FoundTask> load() throws IOException {
    List<FoundTask> found = new ArrayList<>();
    for (Path namespace : children(root)) {
      for (Path directory : children(namespace)) {
        TaskKey key = new TaskKey(name(namespace), name(directory));
        Path request = directory.resolve(TASK);
        if (!Files.exists(request)) {
          // made but never filled: its caller was told that it failed
          forget(key, "");
          continue;
        }
        found.add(
            new FoundTask(
                key,
                CreateTaskRequest.parseFrom(Files.readAllBytes(request)),
                life(directory),
                execs(directory)));
      }
    }
    return found;
  }

  private static List<FoundExec> execs(Path directory) throws IOException {
    List<FoundExec> execs = new ArrayList<>();
    for (Path exec : children(directory.resolve(EXECS))) {
      Path request = exec.resolve(EXEC);
      if (Files.exists(request)) {
        execs.add(
            new FoundExec(ExecProcessRequest.parseFrom(Files.readAllBytes(request)), life(exec)));
      }
    }
    return execs;
  }

  private static Life life(Path directory) throws IOException {
    Optional<Birth> birth = Optional.empty();
    Optional<Exit> exit = Optional.empty();
    if (Files.exists(directory.resolve(PID))) {
      String[] words = Files.readString(directory.resolve(PID)).split(" ", -1);
      birth = Optional.of(new Birth(Integer.parseInt(words[0]), Long.parseLong(words[1])));
    }
    if (Files.exists(directory.resolve(EXIT))) {
      String[] words = Files.readString(directory.resolve(EXIT)).split(" ", -1);
      exit =
          Optional.of(
              new Exit(
                  Integer.parseInt(words[0]),
                  Integer.parseInt(words[1]),
                  Instant.ofEpochMilli(Long.parseLong(words[2]))));
    }
    return new Life(birth, exit);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static List<Path> children(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, Files::isDirectory)) {
      stream.forEach(paths::add);
    }
    return paths;
  }

  /** Whether exactly this process still exists, be it as a zombie. */
  static boolean alive(Birth birth) throws IOException {
    Optional<Long> ticks = startTicks(birth.pid());
    return ticks.isPresent() && ticks.get() == birth.startTicks();
  }

  /** Field 22 of {@code /proc/pid/stat}; the name before it may hold anything, so from its end. */
  private static Optional<Long> startTicks(int pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(Long.parseLong(fields[19]));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void write(Path file, MessageLite message) throws IOException {
    write(file, message.toByteArray());
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling("." + file.getFileName());
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory =
        FileChannel.open(file.toAbsolutePath().resolveSibling("."), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
