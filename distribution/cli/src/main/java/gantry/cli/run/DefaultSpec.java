// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The OCI runtime specification of an ordinary container, before options and image. */
final class DefaultSpec {
  static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/sys/firmware",
          "/sys/devices/virtual/powercap",
          "/proc/scsi");
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private DefaultSpec() {}

  static ObjectNode of(String namespace, String id) {
    ObjectNode spec = Json.object().put("ociVersion", "1.1.0");
    spec.set("process", process());
    spec.putObject("root").put("path", "rootfs");
    spec.set("mounts", mounts());
    spec.set("linux", linux(namespace, id));
    return spec;
  }

  private static ObjectNode process() {
    ObjectNode process = Json.object();
    process.putObject("user").put("uid", 0).put("gid", 0);
    process.putArray("args");
    process.putArray("env").add(PATH);
    process.put("cwd", "/");
    process.set("capabilities", Capabilities.tree(Capabilities.DEFAULT));
    process
        .putArray("rlimits")
        .addObject()
        .put("type", "RLIMIT_NOFILE")
        .put("hard", 1024)
        .put("soft", 1024);
    process.put("noNewPrivileges", true);
    return process;
  }

  private static ArrayNode mounts() {
    ArrayNode mounts = Json.array();
    mount(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    mount(mounts, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    mount(
        mounts,
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620",
        "gid=5");
    mount(
        mounts,
        "/dev/shm",
        "tmpfs",
        "shm",
        "nosuid",
        "noexec",
        "nodev",
        "mode=1777",
        "size=65536k");
    mount(mounts, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    mount(mounts, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    mount(mounts, "/run", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    if (unifiedCgroups()) {
      mount(mounts, "/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev");
    }
    return mounts;
  }

  private static ObjectNode linux(String namespace, String id) {
    ObjectNode linux = Json.object();
    ArrayNode devices = linux.putObject("resources").putArray("devices");
    devices.addObject().put("allow", false).put("access", "rwm");
    rule(devices, "c", -1, -1, "m");
    rule(devices, "b", -1, -1, "m");
    for (int minor : new int[] {3, 8, 7, 5, 9}) {
      rule(devices, "c", 1, minor, "rwm"); // null, random, full, zero, urandom
    }
    rule(devices, "c", 5, 0, "rwm"); // tty
    rule(devices, "c", 5, 1, "rwm"); // console
    rule(devices, "c", 136, -1, "rwm"); // pts
    rule(devices, "c", 5, 2, "rwm"); // ptmx
    linux.put("cgroupsPath", "/" + namespace + "/" + id);
    ArrayNode namespaces = linux.putArray("namespaces");
    List.of("pid", "ipc", "uts", "mount", "network")
        .forEach(type -> namespaces.addObject().put("type", type));
    if (unifiedCgroups()) {
      namespaces.addObject().put("type", "cgroup");
    }
    linux.set("maskedPaths", Json.tree(MASKED));
    linux.set("readonlyPaths", Json.tree(READ_ONLY));
    return linux;
  }

  private static boolean unifiedCgroups() {
    return Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
  }

  private static void mount(
      ArrayNode mounts, String destination, String type, String source, String... options) {
    mounts
        .addObject()
        .put("destination", destination)
        .put("type", type)
        .put("source", source)
        .set("options", Json.tree(List.of(options)));
  }

  /** A rule; a number below 0 stands for any. */
  static void rule(ArrayNode devices, String type, long major, long minor, String access) {
    ObjectNode rule = devices.addObject().put("allow", true).put("type", type);
    if (major >= 0) {
      rule.put("major", major);
    }
    if (minor >= 0) {
      rule.put("minor", minor);
    }
    rule.put("access", access);
  }
}
