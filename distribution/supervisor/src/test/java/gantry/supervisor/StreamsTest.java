// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import containerd.task.v3.CloseIORequest;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.ResizePtyRequest;
import gantry.linux.Fifos;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StreamsTest {
  @TempDir Path dir;
  private TestDaemon daemon;
  private TestSupervisor supervisor;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(dir.resolve("daemon"));
    supervisor = new TestSupervisor(dir);
  }

  @AfterEach
  void stop() throws Exception {
    supervisor.end();
    daemon.close();
  }

  private Path fifo(String name) throws IOException {
    Path path = dir.resolve(name);
    Fifos.create(path, 0600);
    return path;
  }

  private CreateTaskRequest.Builder request(String script, boolean terminal) throws IOException {
    return CreateTaskRequest.newBuilder()
        .setId("a")
        .setTerminal(terminal)
        .setBundle(TestBundle.of(dir.resolve("a"), terminal, script).path().toString());
  }

  private void closeInput() throws InterruptedException {
    supervisor.call(
        "CloseIO", CloseIORequest.newBuilder().setId("a").setStdin(true).build(), Empty.parser());
  }

  /** Opens as clients do: waits for a writer, beside what else goes on. */
  private static Future<BufferedReader> reader(Path fifo) {
    CompletableFuture<BufferedReader> reader = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                reader.complete(Files.newBufferedReader(fifo));
              } catch (IOException e) {
                reader.completeExceptionally(e);
              }
            });
    return reader;
  }

  private static void write(Path fifo, String text) throws IOException {
    try (OutputStream out = Files.newOutputStream(fifo)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void fifos_carryOutputToItsEnd() throws Exception {
    Path out = fifo("out");
    Path err = fifo("err");
    supervisor.create(
        request("echo hello; echo oops >&2", false)
            .setStdout(out.toString())
            .setStderr("fifo://" + err)
            .build());
    try (BufferedReader output = Files.newBufferedReader(out);
        BufferedReader errors = Files.newBufferedReader(err)) {
      supervisor.start("a", "");
      assertThat(output.lines()).containsExactly("hello");
      assertThat(errors.lines()).containsExactly("oops");
    }
    assertThat(supervisor.await("a", "")).isZero();
  }

  @Test
  void reader_mayGoAwayAndAnotherCome() throws Exception {
    Path out = fifo("out");
    Path in = fifo("in");
    supervisor.create(
        request("while read line; do echo got $line; done; exit 9", false)
            .setStdin(in.toString())
            .setStdout(out.toString())
            .build());
    supervisor.start("a", "");
    for (String line : new String[] {"one", "two"}) {
      write(in, line + "\n");
      try (BufferedReader output = Files.newBufferedReader(out)) {
        assertThat(output.readLine()).isEqualTo("got " + line);
      }
    }
    // nobody reads any more, and the writer above is gone: neither ends the process
    write(in, "three\n");
    try (BufferedReader output = Files.newBufferedReader(out)) {
      assertThat(output.readLine()).isEqualTo("got three");
      closeInput();
      assertThat(output.readLine()).isNull();
    }
    assertThat(supervisor.await("a", "")).isEqualTo(9);
  }

  @Test
  void terminal_copiesBothWaysAndResizes() throws Exception {
    Path out = fifo("out");
    Path in = fifo("in");
    supervisor.create(
        request("busybox tty; read x; busybox stty size; echo got $x; exit 3", true)
            .setStdin(in.toString())
            .setStdout(out.toString())
            .build());
    supervisor.start("a", "");
    try (BufferedReader output = Files.newBufferedReader(out)) {
      assertThat(output.readLine()).isEqualTo("/dev/pts/0");
      supervisor.call(
          "ResizePty",
          ResizePtyRequest.newBuilder().setId("a").setWidth(101).setHeight(33).build(),
          Empty.parser());
      write(in, "input\n");
      assertThat(output.readLine()).isEqualTo("input");
      assertThat(output.readLine()).isEqualTo("33 101");
      assertThat(output.readLine()).isEqualTo("got input");
      assertThat(output.readLine()).isNull();
    }
    assertThat(supervisor.await("a", "")).isEqualTo(3);
    supervisor.delete("a", "");
  }

  @Test
  void terminalOfAnExec_isItsOwn() throws Exception {
    Path out = fifo("out");
    supervisor.create(request("busybox sleep 1000", false).build());
    supervisor.start("a", "");
    Future<BufferedReader> reader = reader(out);
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId("e")
            .setTerminal(true)
            .setStdout(out.toString())
            .setSpec(TestBundle.exec("busybox tty; busybox sleep 1; exit 4"))
            .build());
    supervisor.start("a", "e");
    try (BufferedReader output = reader.get(30, TimeUnit.SECONDS)) {
      assertThat(output.readLine()).isEqualTo("/dev/pts/0");
      assertThat(output.readLine()).isNull();
    }
    assertThat(supervisor.await("a", "e")).isEqualTo(4);
    supervisor.delete("a", "e");
  }

  @Test
  void terminalNobodyReads_doesNotKeepTheTaskFromItsDeletion() throws Exception {
    Path out = fifo("out");
    supervisor.create(
        request("busybox yes | busybox head -n 100000; exit 0", true)
            .setStdout(out.toString())
            .build());
    supervisor.start("a", "");
    supervisor.kill("a", "", 9);
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    supervisor.delete("a", "");
  }

  private String logger(String script) throws IOException {
    Path file = dir.resolve("logger");
    Files.writeString(file, "#!/bin/sh\ncd " + dir + "\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  @Test
  void logger_getsBothStreamsAndItsArguments() throws Exception {
    String logger =
        logger(
            """
            echo "$@" $CONTAINER_ID $CONTAINER_NAMESPACE > args
            exec 5>&-
            cat <&4 > err &
            cat <&3 > out
            wait
            """);
    String uri = "binary://" + logger + "?key=a%20b&flag=";
    supervisor.create(
        request("echo hello; echo oops >&2", false).setStdout(uri).setStderr(uri).build());
    supervisor.start("a", "");
    assertThat(supervisor.await("a", "")).isZero();
    supervisor.delete("a", "");
    assertThat(dir.resolve("args")).hasContent("key a b flag a test\n");
    assertThat(dir.resolve("out")).hasContent("hello\n");
    assertThat(dir.resolve("err")).hasContent("oops\n");
  }

  @Test
  void loggerThatIsNotReady_failsTheCreation() throws Exception {
    String uri = "binary-v2://" + logger("exit 1");
    CreateTaskRequest request = request("true", false).setStdout(uri).build();
    assertThatThrownBy(() -> supervisor.create(request))
        .hasMessageContaining("did not say that it is ready");
    assertThat(dir.resolve("state/tasks/test/a")).doesNotExist();
  }

  @Test
  void unknownScheme_isRefused() throws Exception {
    CreateTaskRequest request = request("true", false).setStdout("gopher://x/y").build();
    assertThatThrownBy(() -> supervisor.create(request))
        .hasMessageContaining("unknown STDIO scheme");
  }
}
