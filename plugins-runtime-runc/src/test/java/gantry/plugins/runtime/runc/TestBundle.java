// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.ProcessIo;
import gantry.runtime.TaskRuntime.TaskName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A bundle whose root filesystem is a static busybox, and the files its output goes to. */
record TestBundle(Bundle bundle, Path output) {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final String NAMESPACE = "gantry-test";

  /** Whether the host has what a bundle is made of. */
  static boolean isPossible() {
    return Files.isExecutable(BUSYBOX) && Files.isExecutable(Path.of("/usr/sbin/runc"));
  }

  /** Makes one that runs a shell script. */
  static TestBundle make(Path directory, String id, String script) throws IOException {
    Path state = Files.createDirectories(directory.resolve("bundles").resolve(id));
    Bundle bundle = new Bundle(NAMESPACE, id, state, directory.resolve("work").resolve(id));
    Files.createDirectories(bundle.rootfs().resolve("bin"));
    for (String mountPoint : List.of("proc", "tmp")) {
      Files.createDirectories(bundle.rootfs().resolve(mountPoint));
    }
    Files.copy(BUSYBOX, bundle.rootfs().resolve("bin/busybox"));
    Files.createSymbolicLink(bundle.rootfs().resolve("bin/sh"), Path.of("busybox"));
    Files.writeString(
        state.resolve("config.json"), spec(id, process(script)), StandardCharsets.UTF_8);
    return new TestBundle(bundle, directory.resolve(id + ".out"));
  }

  TaskName task() {
    return new TaskName(bundle.namespace(), bundle.id());
  }

  /** A request that writes all output to one file. */
  CreateTask request() {
    return new CreateTask(bundle.id(), List.of(), io(), null, null, "");
  }

  ProcessIo io() {
    String uri = "file://" + output;
    return new ProcessIo("", uri, uri, false);
  }

  /** A process of the OCI runtime specification, JSON. */
  static String process(String script) {
    return """
    {"terminal":false,"user":{"uid":0,"gid":0},"cwd":"/","noNewPrivileges":true,
     "env":["PATH=/bin"],"args":["/bin/busybox","sh","-c","%s"],
     "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"permitted":["CAP_KILL"]}}
    """
        .formatted(script.replace("\"", "\\\""));
  }

  private static String spec(String id, String process) {
    return """
    {"ociVersion":"1.0.2","process":%s,"root":{"path":"rootfs"},"hostname":"%s",
     "mounts":[{"destination":"/proc","type":"proc","source":"proc"}],
     "linux":{"cgroupsPath":"/gantry-test-%d-%s","resources":{"memory":{"limit":67108864}},
      "namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"}]}}
    """
        .formatted(process, id, ProcessHandle.current().pid(), id);
  }
}
