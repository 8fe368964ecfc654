// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import gantry.cli.command.Grammar;
import gantry.cli.content.SnapshotterChoice;

/** The options that say what a new container is like. */
final class SpecFlags {
  private SpecFlags() {}

  static void grammar(Grammar grammar) {
    process(grammar);
    filesystem(grammar);
    limits(grammar);
    security(grammar);
    runtime(grammar);
  }

  private static void process(Grammar grammar) {
    grammar
        .value("config c", "FILE", "take the whole OCI specification from there")
        .value("cwd", "DIR", "working directory")
        .values("env", "KEY=VALUE", "a further variable")
        .value("env-file", "FILE", "further variables, one a line")
        .value("user u", "USER", "uid[:gid], or a name of the image's /etc/passwd")
        .value("hostname", "NAME", "of the container")
        .flag("tty t", "give it a terminal")
        .value("rlimit-nofile", "SOFT[:HARD]", "how many files it may have open");
  }

  private static void filesystem(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .values("snapshotter-label", "KEY=VALUE", "a label of the container's snapshot")
        .flag("rootfs", "the first argument is a directory, not an image")
        .flag("read-only", "make the root filesystem read-only")
        .values("mount", "MOUNT", "type=bind,src=/tmp,dst=/host,options=rbind:ro")
        .value("rootfs-propagation", "MODE", "for instance rshared")
        .values("device", "PATH", "a device of the host");
  }

  private static void limits(Grammar grammar) {
    grammar
        .value("memory-limit", "BYTES", "of memory")
        .value("cpus", "NUMBER", "how many processors' worth of time")
        .value("cpu-shares", "NUMBER", "weight against others; default 1024")
        .value("cpu-quota", "MICROSECONDS", "of time in a period")
        .value("cpu-period", "MICROSECONDS", "length of a period")
        .value("cpuset-cpus", "LIST", "which processors, for instance 0-2,4")
        .value("cpuset-mems", "LIST", "which memory nodes")
        .value("cgroup", "PATH", "of the control group; empty for none");
  }

  private static void security(Grammar grammar) {
    grammar
        .flag("net-host", "share the host's network")
        .flag("privileged", "give it all capabilities and devices")
        .values("with-ns", "TYPE:PATH", "join a namespace")
        .values("cap-add", "CAP_NAME", "add a capability")
        .values("cap-drop", "CAP_NAME", "take a capability away")
        .flag("allow-new-privs", "let programs gain privileges");
  }

  private static void runtime(Grammar grammar) {
    grammar
        .values("label", "KEY=VALUE", "a label of the container")
        .values("annotation", "KEY=VALUE", "an annotation of the specification")
        .value("platform", "OS/ARCH", "of the image; default this host's")
        .value("runtime", "NAME", "default io.containerd.runc.v2")
        .value("runc-binary", "PATH", "another OCI runtime")
        .value("runc-root", "DIR", "where the runtime keeps its state")
        .flag("runc-systemd-cgroup", "let systemd make the control group");
  }
}
