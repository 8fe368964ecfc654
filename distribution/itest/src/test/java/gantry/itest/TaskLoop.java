// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.labels.Labels;
import gantry.linux.Fifos;
import gantry.mounts.Mount;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.typed.TypedValue;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The whole life of a container, again and again: made, started, something executed in it, killed,
 * deleted, each time with another kind of streams. What it is told is compared with what must be.
 */
final class TaskLoop {
  /** How the client's streams are made. */
  private enum Kind {
    NONE,
    FIFO,
    TERMINAL,
    FILE
  }

  /** Nothing refers to a snapshot before its container is recorded. */
  private static final Labels KEPT = Labels.of(Map.of("containerd.io/gc.root", "1"));

  private static final long OUTPUT_SECONDS = 60;
  private static final int EXEC_STATUS = 5;
  private static final int KILLED = 137;
  private static final String EXEC = "e";
  private static final String SAID = "said";

  private final GantryClient client;
  private final Template template;
  private final Path work;

  /**
   * What containers are made of.
   *
   * @param plain a container without a terminal
   * @param terminal the same with one
   * @param snapshot its read-only parent
   */
  record Template(Container plain, Container terminal, String snapshot) {}

  TaskLoop(GantryClient client, Template template, Path work) {
    this.client = client;
    this.template = template;
    this.work = work;
  }

  /** One life. */
  void run(String id, int number) throws Exception {
    Kind kind = Kind.values()[number % Kind.values().length];
    List<Mount> rootfs = client.snapshots("overlayfs").prepare(id, template.snapshot(), KEPT);
    client.containers().create(container(id, kind));
    Path streams = Files.createDirectory(work.resolve(id));
    Outputs outputs = new Outputs(streams, kind);
    int pid = client.tasks().create(new CreateTask(id, rootfs, outputs.io("init"), null, null, ""));
    CompletableFuture<Exit> end = awaiting(id, "");
    client.tasks().start(id, "");
    exec(id, outputs);
    client.tasks().kill(id, "", 9, number % 2 == 0);
    expect("end", KILLED, end.get(OUTPUT_SECONDS, TimeUnit.SECONDS).status());
    Exit deleted = client.tasks().delete(id, "");
    expect("deleted", KILLED, deleted.status());
    expect("pid", pid, deleted.pid());
    outputs.expect("init", "");
    client.containers().delete(id);
    client.snapshots("overlayfs").remove(id);
    clear(streams);
  }

  private void exec(String id, Outputs outputs) throws Exception {
    client.tasks().exec(id, EXEC, outputs.io(EXEC), process());
    CompletableFuture<Exit> end = awaiting(id, EXEC);
    client.tasks().start(id, EXEC);
    expect("end of exec", EXEC_STATUS, end.get(OUTPUT_SECONDS, TimeUnit.SECONDS).status());
    expect("deleted exec", EXEC_STATUS, client.tasks().delete(id, EXEC).status());
    outputs.expect(EXEC, SAID);
  }

  private CompletableFuture<Exit> awaiting(String id, String execId) {
    CompletableFuture<Exit> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                end.complete(client.tasks().await(id, execId));
              } catch (RuntimeException e) {
                end.completeExceptionally(e);
              }
            });
    return end;
  }

  private static void expect(String what, int expected, int actual) {
    if (expected != actual) {
      throw new AssertionError("%s: %d in place of %d".formatted(what, actual, expected));
    }
  }

  private Container container(String id, Kind kind) {
    Container like = kind == Kind.TERMINAL ? template.terminal() : template.plain();
    TypedValue spec = like.spec();
    if (spec == null) {
      throw new IllegalStateException("no specification in " + like.id());
    }
    String text = new String(spec.value(), StandardCharsets.UTF_8).replace(like.id(), id);
    return new Container(
        id,
        Labels.none(),
        like.image(),
        like.runtime(),
        like.runtimeOptions(),
        new TypedValue(spec.typeUrl(), text.getBytes(StandardCharsets.UTF_8)),
        "overlayfs",
        id,
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of(),
        "");
  }

  private static TypedValue process() {
    String text =
        """
        {"args":["sh","-c","echo %s; exit %d"],"cwd":"/","env":["PATH=/bin"],"user":{"uid":0,"gid":0}}
        """
            .formatted(SAID, EXEC_STATUS);
    return new TypedValue(TypedValue.PROCESS, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void clear(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** What the processes of one container write, as a client gets it. */
  private static final class Outputs {
    private final Path directory;
    private final Kind kind;
    private final Map<String, CompletableFuture<String>> read = new ConcurrentHashMap<>();

    Outputs(Path directory, Kind kind) {
      this.directory = directory;
      this.kind = kind;
    }

    ProcessIo io(String name) throws IOException {
      Path out = directory.resolve(name);
      return switch (kind) {
        case NONE -> new ProcessIo("", "", "", false);
        case FILE -> new ProcessIo("", "file://" + out, "", false);
        case FIFO, TERMINAL -> {
          Fifos.create(out, 0600);
          CompletableFuture<String> text = new CompletableFuture<>();
          read.put(name, text);
          Thread.ofPlatform().daemon().start(() -> read(out, text));
          yield new ProcessIo("", out.toString(), "", kind == Kind.TERMINAL);
        }
      };
    }

    /** Until every writer has gone. */
    private static void read(Path fifo, CompletableFuture<String> text) {
      byte[] buffer = new byte[4096];
      StringBuilder all = new StringBuilder();
      try (InputStream in = new FileInputStream(fifo.toFile())) {
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
          all.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
        text.complete(all.toString());
      } catch (IOException e) {
        text.completeExceptionally(e);
      }
    }

    void expect(String name, String expected) throws Exception {
      String text =
          switch (kind) {
            case NONE -> expected;
            case FILE -> Files.readString(directory.resolve(name));
            case FIFO, TERMINAL ->
                Objects.requireNonNull(read.get(name)).get(OUTPUT_SECONDS, TimeUnit.SECONDS);
          };
      if (!text.strip().equals(expected)) {
        throw new AssertionError("%s wrote: %s".formatted(name, text));
      }
    }
  }

  /** How long a client waits for an ordinary answer. */
  static Duration patience() {
    return Duration.ofMinutes(2);
  }
}
