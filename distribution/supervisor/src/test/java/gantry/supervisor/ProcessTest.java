// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import containerd.runc.v1.Options;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.KillRequest;
import containerd.task.v3.PauseRequest;
import containerd.task.v3.ResumeRequest;
import containerd.types.Mount;
import containerd.v1.types.Status;
import gantry.errors.GantryException;
import gantry.errors.UnimplementedException;
import gantry.errors.UnknownException;
import gantry.linux.Fifos;
import gantry.linux.Mounts;
import gantry.wire.MountWire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What processes of containers may be told to be, seen from inside them. */
@Timeout(180)
class ProcessTest {
  private static final String SLEEP = "busybox sleep 1000";

  @TempDir Path dir;
  private TestDaemon daemon;
  private TestSupervisor supervisor;
  private int serial;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(dir.resolve("daemon"));
    supervisor = new TestSupervisor(dir);
  }

  @AfterEach
  void stop() throws Exception {
    supervisor.end();
    daemon.close();
    Mounts.unmountRecursive(dir);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  /** A container whose configuration has something replaced. */
  private CreateTaskRequest.Builder request(String script, String from, String to)
      throws IOException {
    TestBundle bundle = TestBundle.of(dir.resolve("a"), false, script);
    Path config = bundle.path().resolve("config.json");
    String json = Files.readString(config);
    assertThat(json).contains(quoted(from));
    Files.writeString(config, json.replace(quoted(from), quoted(to)));
    return CreateTaskRequest.newBuilder()
        .setId("a")
        .setBundle(bundle.path().toString())
        .setStdout("file://" + dir.resolve("out"));
  }

  private String output() throws IOException {
    return Files.readString(dir.resolve("out"));
  }

  private void run(CreateTaskRequest request) throws Exception {
    supervisor.create(request);
    supervisor.start("a", "");
  }

  private void run(String script) throws Exception {
    run(request(script, "'hostname'", "'hostname'").build());
  }

  /** Runs an exec with these fields beside its arguments; returns what it printed. */
  private String exec(String fields, String script, int status) throws Exception {
    String id = "e" + serial++;
    Path out = dir.resolve("out-" + id);
    String json = quoted("{" + fields + ",'args':['/bin/sh','-c','" + script + "']}");
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId(id)
            .setStdout("file://" + out)
            .setSpec(Any.newBuilder().setValue(ByteString.copyFromUtf8(json)))
            .build());
    supervisor.start("a", id);
    assertThat(supervisor.await("a", id)).as(json).isEqualTo(status);
    supervisor.delete("a", id);
    return Files.readString(out).strip();
  }

  @Test
  void exec_hasItsOwnUserGroupsDirectoryAndEnvironment() throws Exception {
    run(SLEEP);
    String printed =
        exec(
            "'user':{'uid':1000,'gid':1001,'additionalGids':[5,6]},'cwd':'/bin',"
                + "'env':['PATH=/bin','GREETING=hello']",
            "busybox id -u; busybox id -g; busybox grep Groups /proc/self/status; pwd;"
                + " echo $GREETING; exit 12",
            12);
    assertThat(printed.replaceAll("\\s+", " ")).isEqualTo("1000 1001 Groups: 5 6 /bin hello");
  }

  @Test
  void exec_hasItsOwnCapabilitiesAndNoNewPrivileges() throws Exception {
    run(SLEEP);
    String printed =
        exec(
            "'user':{'uid':0,'gid':0},'cwd':'/','env':['PATH=/bin'],'noNewPrivileges':true,"
                + "'capabilities':{'bounding':['CAP_KILL'],'effective':['CAP_KILL'],"
                + "'permitted':['CAP_KILL']}",
            "busybox grep -E ^CapEff\\|^CapBnd\\|^NoNewPrivs /proc/self/status"
                .replace("\\", "\\\\"),
            0);
    assertThat(printed.replaceAll("\\s+", " "))
        .isEqualTo("CapEff: 0000000000000020 CapBnd: 0000000000000020 NoNewPrivs: 1");
  }

  @Test
  void exec_hasItsOwnLimitsAndScore() throws Exception {
    run(SLEEP);
    String printed =
        exec(
            "'user':{'uid':0,'gid':0},'cwd':'/','env':['PATH=/bin'],'oomScoreAdj':321,"
                + "'rlimits':[{'type':'RLIMIT_MSGQUEUE','soft':77,'hard':88}]",
            "busybox grep msgqueue /proc/self/limits; n=0; s=0; while [ $s = 0 -a $n -lt 100000 ];"
                + " do n=$((n+1)); s=$(busybox cat /proc/self/oom_score_adj); done; echo $s",
            0);
    assertThat(printed.replaceAll("\\s+", " ")).isEqualTo("Max msgqueue size 77 88 bytes 321");
  }

  @Test
  void execThatIsSignalled_saysByWhich() throws Exception {
    run(SLEEP);
    String fields = "'user':{'uid':0,'gid':0},'cwd':'/','env':['PATH=/bin']";
    assertThat(exec(fields, "kill -TERM $$", 128 + 15)).isEmpty();
    assertThat(exec(fields, "kill -SEGV $$", 128 + 11)).isEmpty();
    assertThat(exec(fields, "exit 255", 255)).isEmpty();
  }

  @Test
  void execInAPausedContainer_isRefused() throws Exception {
    run(SLEEP);
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId("early")
            .setSpec(TestBundle.exec("exit 5"))
            .build());
    supervisor.call("Pause", PauseRequest.newBuilder().setId("a").build(), Empty.parser());
    assertThatThrownBy(() -> exec("'cwd':'/','env':['PATH=/bin'],'user':{}", "true", 0))
        .isInstanceOf(UnknownException.class)
        .hasMessageStartingWith("cannot exec in a paused state");
    assertThatThrownBy(() -> supervisor.start("a", "early"))
        .hasMessageStartingWith("OCI runtime exec failed: ")
        .hasMessageContaining("paused");
    supervisor.call("Resume", ResumeRequest.newBuilder().setId("a").build(), Empty.parser());
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
    assertThat(exec("'cwd':'/','env':['PATH=/bin'],'user':{}", "exit 6", 6)).isEmpty();
  }

  @Test
  void killOfAll_reachesEveryProcess() throws Exception {
    run("busybox sleep 2000 & trap : TERM; " + SLEEP);
    for (String id : List.of("e1", "e2")) {
      supervisor.exec(
          ExecProcessRequest.newBuilder()
              .setId("a")
              .setExecId(id)
              .setSpec(TestBundle.exec("busybox sleep 1000; exit 3"))
              .build());
      supervisor.start("a", id);
    }
    supervisor.call(
        "Kill",
        KillRequest.newBuilder().setId("a").setSignal(15).setAll(true).build(),
        Empty.parser());
    assertThat(supervisor.await("a", "e1")).isIn(143, 3);
    assertThat(supervisor.await("a", "e2")).isIn(143, 3);
  }

  @Test
  void readOnlyRoot_cannotBeWritten() throws Exception {
    run(
        request(
                "echo x > /file; echo $?; echo x > /dev/file; echo $?",
                "'root':{'path':'rootfs'}",
                "'root':{'path':'rootfs','readonly':true}")
            .build());
    assertThat(supervisor.await("a", "")).isZero();
    assertThat(output()).endsWith("1\n0\n").contains("Read-only file system");
  }

  @Test
  void devices_areThere() throws Exception {
    run(
        request(
                "busybox dd if=/dev/nothing bs=1 count=3 2>/dev/null | busybox wc -c;"
                    + " busybox stat -c %t:%T /dev/nothing",
                "'linux':{",
                "'linux':{'devices':[{'path':'/dev/nothing','type':'c','major':1,'minor':5,"
                    + "'fileMode':438}],'resources':{'devices':[{'allow':true,'access':'rwm'}]},")
            .build());
    assertThat(supervisor.await("a", "")).isZero();
    assertThat(output()).isEqualTo("3\n1:5\n");
  }

  @Test
  void seccomp_refusesSystemCalls() throws Exception {
    run(
        request(
                "busybox mkdir /made; echo $?; busybox grep Seccomp: /proc/self/status",
                "'linux':{",
                "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':"
                    + "['mkdir','mkdirat'],'action':'SCMP_ACT_ERRNO'}]},")
            .build());
    assertThat(supervisor.await("a", "")).isZero();
    assertThat(output().replaceAll("\\s+", " "))
        .contains("Operation not permitted")
        .endsWith("1 Seccomp: 2 ");
  }

  private String hook(String name) throws IOException {
    Path program = dir.resolve("hook-" + name);
    Files.writeString(
        program,
        "#!/bin/sh\ncat > %s/state-%s\necho %s >> %s/hooks\n".formatted(dir, name, name, dir));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return "'" + name + "':[{'path':'" + program + "'}]";
  }

  @Test
  void hooks_runInTheirOrder() throws Exception {
    String hooks =
        String.join(
            ",", hook("prestart"), hook("createRuntime"), hook("poststart"), hook("poststop"));
    run(request("exit 4", "'linux':{", "'hooks':{" + hooks + "},'linux':{").build());
    assertThat(supervisor.await("a", "")).isEqualTo(4);
    supervisor.delete("a", "");
    assertThat(dir.resolve("hooks")).hasContent("prestart\ncreateRuntime\npoststart\npoststop\n");
    assertThat(dir.resolve("state-prestart")).content().contains("\"id\":\"a\"");
  }

  @Test
  void failingHook_failsTheCreation() throws Exception {
    Path program = dir.resolve("hook");
    Files.writeString(program, "#!/bin/sh\necho no wonder >&2\nexit 1\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    CreateTaskRequest request =
        request("true", "'linux':{", "'hooks':{'prestart':[{'path':'" + program + "'}]},'linux':{")
            .build();
    assertThatThrownBy(() -> supervisor.create(request))
        .hasMessageStartingWith("OCI runtime create failed: ")
        .hasMessageContaining("hook");
    assertThat(dir.resolve("state/tasks/test/a")).doesNotExist();
  }

  @Test
  void idMappedRoot_belongsToTheMappedUser() throws Exception {
    CreateTaskRequest.Builder request =
        request(
            "busybox id -u; busybox stat -c %u /bin/busybox; echo x > /made;"
                + " busybox stat -c %u /made; "
                + SLEEP,
            "'linux':{",
            "'linux':{'uidMappings':[{'containerID':0,'hostID':100000,'size':65536}],"
                + "'gidMappings':[{'containerID':0,'hostID':100000,'size':65536}],");
    Path config = dir.resolve("a/config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"namespaces\":[", "\"namespaces\":[{\"type\":\"user\"},"));
    for (Path passed = dir; passed != null; passed = passed.getParent()) {
      Files.setPosixFilePermissions(passed, PosixFilePermissions.fromString("rwxr-xr-x"));
      if (passed.getNameCount() <= 2) {
        break;
      }
    }
    Files.setPosixFilePermissions(dir.resolve("a"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Path root = dir.resolve("root");
    Files.move(dir.resolve("a/rootfs"), root);
    Mount mount =
        Mount.newBuilder()
            .setType("bind")
            .setSource(root.toString())
            .addAllOptions(List.of("rbind", "uidmap=0:100000:65536", "gidmap=0:100000:65536"))
            .build();
    assumeTrue(canBeMapped(mount), "the host does not mount with mapped owners here");
    run(request.addRootfs(mount).build());
    String self = "/proc/" + supervisor.state("a", "").getPid();
    assertThat(Files.getAttribute(Path.of(self), "unix:uid")).isEqualTo(100000);
    awaitLines(3);
    assertThat(output()).isEqualTo("0\n0\n0\n");
    // on disk it stays with root: only the mount shows other owners
    assertThat(Files.getAttribute(root.resolve("made"), "unix:uid")).isEqualTo(0);
  }

  private boolean canBeMapped(Mount mount) throws IOException {
    Path here = Files.createDirectory(dir.resolve("probe"));
    try {
      Mounts.mount(MountWire.decode(mount), here);
      Mounts.unmount(here);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void awaitLines(int count) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (output().lines().count() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void optionsThatASharedSupervisorCannotFollow_areRefused() throws Exception {
    CreateTaskRequest request =
        request("true", "'hostname'", "'hostname'")
            .setOptions(
                TestBundle.options(Options.newBuilder().setShimCgroup("/somewhere").build()))
            .build();
    assertThatThrownBy(() -> supervisor.create(request))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("runtime option shim_cgroup is not possible here");
  }

  @Test
  void optionsForTheRuntime_reachIt() throws Exception {
    Path runtime = dir.resolve("runtime");
    Files.writeString(runtime, "#!/bin/sh\necho \"$@\" >> " + dir + "/calls\nexec runc \"$@\"\n");
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    Options options =
        Options.newBuilder()
            .setBinaryName(runtime.toString())
            .setRoot(dir.resolve("elsewhere").toString())
            .setNoPivotRoot(true)
            .setNoNewKeyring(true)
            .build();
    run(
        request("exit 8", "'hostname'", "'hostname'")
            .setOptions(TestBundle.options(options))
            .build());
    assertThat(supervisor.await("a", "")).isEqualTo(8);
    assertThat(dir.resolve("elsewhere/test/a/state.json")).exists();
    assertThat(Files.readString(dir.resolve("calls")))
        .contains("--root " + dir.resolve("elsewhere/test"), "--no-pivot", "--no-new-keyring");
    supervisor.delete("a", "");
  }

  @Test
  void systemdDriver_isAskedForByAFlag() throws Exception {
    Path runtime = dir.resolve("runtime");
    Files.writeString(runtime, "#!/bin/sh\necho \"$@\" >> " + dir + "/calls\nexit 1\n");
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    Options options =
        Options.newBuilder().setBinaryName(runtime.toString()).setSystemdCgroup(true).build();
    CreateTaskRequest request =
        request("true", "'hostname'", "'hostname'").setOptions(TestBundle.options(options)).build();
    assertThatThrownBy(() -> supervisor.create(request))
        .hasMessageContaining("OCI runtime create failed: exit status 1");
    assertThat(Files.readString(dir.resolve("calls"))).contains("--systemd-cgroup");
  }

  @Test
  void pipesOfAnotherUser_areGivenToIt() throws Exception {
    Path out = dir.resolve("pipe");
    Fifos.create(out, 0600);
    Options options = Options.newBuilder().setIoUid(1234).setIoGid(5678).build();
    supervisor.create(
        request("true", "'hostname'", "'hostname'")
            .setStdout(out.toString())
            .setOptions(TestBundle.options(options))
            .build());
    // the runtime gives it to the process's user then, and leaves the group
    assertThat(Files.getAttribute(out, "unix:gid")).isEqualTo(5678);
  }

  @Test
  void otherRuntime_runsContainersToo() throws Exception {
    Path crun = Path.of("/usr/bin/crun");
    assumeTrue(Files.isExecutable(crun), "crun is not installed");
    Options options = Options.newBuilder().setBinaryName("crun").build();
    CreateTaskRequest request =
        request("exit 9", "'hostname'", "'hostname'")
            .setOptions(TestBundle.options(options))
            .build();
    try {
      run(request);
    } catch (GantryException e) {
      assumeTrue(
          !e.getMessage().contains("cgroup"),
          "this crun does not take the host's control groups: " + e.getMessage());
      throw e;
    }
    assertThat(supervisor.await("a", "")).isEqualTo(9);
    supervisor.delete("a", "");
  }
}
