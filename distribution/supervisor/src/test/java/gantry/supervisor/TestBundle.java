// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import containerd.runc.v1.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A bundle whose root filesystem is a static busybox. */
record TestBundle(Path path) {
  private static final String NAMESPACES =
      "{'type':'pid'},{'type':'ipc'},{'type':'uts'},{'type':'mount'},{'type':'network'}";
  private static final String SHARED_PID =
      "{'type':'ipc'},{'type':'uts'},{'type':'mount'},{'type':'network'}";

  static TestBundle of(Path path, boolean terminal, String script) throws IOException {
    return of(path, terminal, NAMESPACES, script);
  }

  static TestBundle withSharedPids(Path path, String script) throws IOException {
    return of(path, false, SHARED_PID, script);
  }

  private static TestBundle of(Path path, boolean terminal, String namespaces, String script)
      throws IOException {
    Path bin = Files.createDirectories(path.resolve("rootfs/bin"));
    Files.createDirectories(path.resolve("rootfs/proc"));
    Files.createDirectories(path.resolve("rootfs/dev"));
    Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
    Files.createSymbolicLink(bin.resolve("sh"), Path.of("busybox"));
    String config =
        """
        {'ociVersion':'1.0.2','process':%s,'root':{'path':'rootfs'},'hostname':'test',
         'mounts':[{'destination':'/proc','type':'proc','source':'proc'},
          {'destination':'/dev','type':'tmpfs','source':'tmpfs','options':['mode=755']},
          {'destination':'/dev/pts','type':'devpts','source':'devpts',
           'options':['newinstance','ptmxmode=0666','mode=0620']}],
         'linux':{'cgroupsPath':'/gantry-test-%s','namespaces':[%s]}}
        """
            .formatted(
                process(terminal, List.of("/bin/sh", "-c", script)),
                path.getFileName() + "-" + ProcessHandle.current().pid(),
                namespaces)
            .replace('\'', '"');
    Files.writeString(path.resolve("config.json"), config);
    return new TestBundle(path);
  }

  /** What a request wants of runc. */
  static Any options(Options options) {
    return Any.newBuilder()
        .setTypeUrl("containerd.runc.v1.Options")
        .setValue(options.toByteString())
        .build();
  }

  /** The specification of a further process. */
  static Any exec(String script) {
    String json = process(false, List.of("/bin/sh", "-c", script)).replace('\'', '"');
    return Any.newBuilder()
        .setTypeUrl("types.containerd.io/opencontainers/runtime-spec/1/Process")
        .setValue(ByteString.copyFromUtf8(json))
        .build();
  }

  /** The script must have no quotes of either kind. */
  private static String process(boolean terminal, List<String> words) {
    String quoted = words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(","));
    return "{'terminal':%s,'user':{'uid':0,'gid':0},'args':[%s],'cwd':'/','env':['PATH=/bin']}"
        .formatted(terminal, quoted);
  }
}
