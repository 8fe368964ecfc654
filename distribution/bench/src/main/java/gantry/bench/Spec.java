// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** OCI runtime specifications of containers as clients make them by default. */
final class Spec {
  private static final String PROCESS =
      """
      {"user": {"uid": 0, "gid": 0}, "cwd": "/", "noNewPrivileges": true,
       "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
       "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
       "capabilities": {"bounding": @CAPS@, "effective": @CAPS@, "permitted": @CAPS@},
       "args": @ARGS@}
      """;
  private static final String CAPABILITIES =
      """
      ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", \
      "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", \
      "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"]\
      """;
  private static final String CONTAINER =
      """
      {"ociVersion": "1.0.2", "root": {"path": "rootfs"}, "process": @PROCESS@,
       "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc",
         "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
         "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
         "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
         "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
        {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
         "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs",
         "options": ["nosuid", "noexec", "nodev", "ro"]},
        {"destination": "/run", "type": "tmpfs", "source": "tmpfs",
         "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]}],
       "linux": {
        "cgroupsPath": "@GROUP@",
        "resources": {"devices": [{"allow": false, "access": "rwm"},
         {"allow": true, "type": "c", "major": 1, "minor": 3, "access": "rwm"},
         {"allow": true, "type": "c", "major": 1, "minor": 5, "access": "rwm"},
         {"allow": true, "type": "c", "major": 1, "minor": 7, "access": "rwm"},
         {"allow": true, "type": "c", "major": 1, "minor": 8, "access": "rwm"},
         {"allow": true, "type": "c", "major": 1, "minor": 9, "access": "rwm"},
         {"allow": true, "type": "c", "major": 5, "minor": 0, "access": "rwm"},
         {"allow": true, "type": "c", "major": 5, "minor": 2, "access": "rwm"},
         {"allow": true, "type": "c", "major": 136, "access": "rwm"}]},
        "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
         {"type": "network"}],
        "maskedPaths": ["/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
         "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
         "/sys/firmware", "/proc/scsi"],
        "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
         "/proc/sysrq-trigger"]}}
      """;

  private Spec() {}

  /** A container in a group that runs a command; its root is beside the specification. */
  static byte[] container(String group, String... arguments) {
    return bytes(CONTAINER.replace("@GROUP@", group).replace("@PROCESS@", process(arguments)));
  }

  /** A process that ends at once. */
  static byte[] process() {
    return bytes(process(new String[] {"true"}));
  }

  /** Too little to run, enough to be stored. */
  static byte[] small() {
    return bytes(
        "{\"ociVersion\": \"1.0.2\", \"process\": {\"args\": [\"true\"], \"cwd\": \"/\"}}");
  }

  private static String process(String[] arguments) {
    String quoted = Arrays.stream(arguments).collect(Collectors.joining("\", \"", "[\"", "\"]"));
    return PROCESS.replace("@CAPS@", CAPABILITIES).replace("@ARGS@", quoted);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
