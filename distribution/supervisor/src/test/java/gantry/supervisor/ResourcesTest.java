// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.UpdateTaskRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits of containers, and what happens when memory is at its. */
@Timeout(180)
class ResourcesTest {
  private static final String SLEEP = "busybox sleep 1000";

  /** Eats memory until it is killed. */
  private static final String EAT = "x=0123456789; while true; do x=$x$x; done";

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

  private void run(String id, String script, String resources) throws Exception {
    TestBundle bundle = TestBundle.of(dir.resolve(id), false, script);
    Path config = bundle.path().resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"linux\":{", "\"linux\":{\"resources\":" + resources + ","));
    supervisor.create(bundle, id, "");
    supervisor.start(id, "");
  }

  private Cgroup group(String id) {
    return supervisor.supervisor.require(new TaskKey("test", id)).cgroup().orElseThrow();
  }

  private String read(String controller, String file) throws IOException {
    Path directory = group("a").controller(controller).orElseThrow();
    return Files.readString(directory.resolve(file)).strip();
  }

  private void assumeController(String controller, String file) {
    assumeTrue(
        group("a").controller(controller).filter(d -> Files.exists(d.resolve(file))).isPresent(),
        "control groups of version 1 with " + file + " are not on this host");
  }

  private void update(String json) throws Exception {
    supervisor.call(
        "Update",
        UpdateTaskRequest.newBuilder()
            .setId("a")
            .setResources(Any.newBuilder().setValue(ByteString.copyFromUtf8(json)))
            .putAnnotations("example.com/ignored-by-runc", "1")
            .build(),
        Empty.parser());
  }

  @Test
  void execOutOfMemory_isToldWhileTheTaskRuns() throws Exception {
    run("a", SLEEP, "{\"memory\":{\"limit\":16777216}}");
    assertThat(daemon.until("start")).containsExactly("create", "start");
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId("eater")
            .setSpec(TestBundle.exec(EAT))
            .build());
    supervisor.start("a", "eater");
    assertThat(supervisor.await("a", "eater")).isEqualTo(137);
    assertThat(daemon.until("oom")).contains("exec-added", "exec-started").endsWith("oom");
    assertThat(supervisor.state("a", "").getStatus().name()).isEqualTo("RUNNING");
    supervisor.kill("a", "", 9);
    // told once: not again at the end
    assertThat(daemon.until("exit a")).doesNotContain("oom");
  }

  @Test
  void initOutOfMemory_isToldOnceAndBeforeItsExit() throws Exception {
    run("a", EAT, "{\"memory\":{\"limit\":16777216}}");
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    assertThat(daemon.until("exit a")).containsExactly("create", "start", "oom", "exit a 137");
    supervisor.delete("a", "");
    assertThat(daemon.until("delete")).containsExactly("delete");
  }

  @Test
  void adoptedTask_isStillWatched() throws Exception {
    run("a", SLEEP, "{\"memory\":{\"limit\":16777216}}");
    daemon.until("start");
    supervisor.crash();
    supervisor = new TestSupervisor(dir);
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId("eater")
            .setSpec(TestBundle.exec(EAT))
            .build());
    supervisor.start("a", "eater");
    assertThat(daemon.until("oom")).endsWith("oom");
  }

  @Test
  void memory_isUpdated() throws Exception {
    run("a", SLEEP, "{\"memory\":{\"limit\":67108864}}");
    assumeController("memory", "memory.limit_in_bytes");
    assertThat(read("memory", "memory.limit_in_bytes")).isEqualTo("67108864");
    update("{\"memory\":{\"limit\":33554432,\"reservation\":16777216}}");
    assertThat(read("memory", "memory.limit_in_bytes")).isEqualTo("33554432");
    assertThat(read("memory", "memory.soft_limit_in_bytes")).isEqualTo("16777216");
  }

  @Test
  void processors_areUpdated() throws Exception {
    run("a", SLEEP, "{}");
    assumeController("cpu", "cpu.shares");
    assumeController("cpuset", "cpuset.cpus");
    update("{\"cpu\":{\"shares\":512,\"quota\":25000,\"period\":50000,\"cpus\":\"0\"}}");
    assertThat(read("cpu", "cpu.shares")).isEqualTo("512");
    assertThat(read("cpu", "cpu.cfs_quota_us")).isEqualTo("25000");
    assertThat(read("cpu", "cpu.cfs_period_us")).isEqualTo("50000");
    assertThat(read("cpuset", "cpuset.cpus")).isEqualTo("0");
  }

  @Test
  void processes_areUpdated() throws Exception {
    run("a", SLEEP, "{\"pids\":{\"limit\":100}}");
    assumeController("pids", "pids.max");
    assertThat(read("pids", "pids.max")).isEqualTo("100");
    update("{\"pids\":{\"limit\":33}}");
    assertThat(read("pids", "pids.max")).isEqualTo("33");
  }

  @Test
  void weightOfBlockDevices_isUpdated() throws Exception {
    run("a", SLEEP, "{}");
    boolean plain =
        group("a")
            .controller("blkio")
            .filter(d -> Files.exists(d.resolve("blkio.weight")))
            .isPresent();
    String file = plain ? "blkio.weight" : "blkio.bfq.weight";
    assumeController("blkio", file);
    update("{\"blockIO\":{\"weight\":200}}");
    assertThat(read("blkio", file)).isEqualTo("200");
  }

  @Test
  void limitTheKernelRefuses_isAnErrorInItsWords() throws Exception {
    run("a", SLEEP, "{}");
    assumeController("cpuset", "cpuset.cpus");
    assertThatThrownBy(() -> update("{\"cpu\":{\"cpus\":\"4096\"}}"))
        .hasMessageStartingWith("OCI runtime update failed: ")
        .hasMessageContaining("cpuset.cpus");
  }
}
