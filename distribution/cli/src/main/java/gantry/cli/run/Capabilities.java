// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.cli.command.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Capabilities by name, in the order of their numbers ({@code linux/capability.h}). */
final class Capabilities {
  /** What an ordinary container has. */
  static final List<String> DEFAULT =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FSETID",
          "CAP_FOWNER",
          "CAP_MKNOD",
          "CAP_NET_RAW",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETFCAP",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_CHROOT",
          "CAP_KILL",
          "CAP_AUDIT_WRITE");

  private static final List<String> ALL =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETPCAP",
          "CAP_LINUX_IMMUTABLE",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_ADMIN",
          "CAP_NET_RAW",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_SYS_MODULE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_CHROOT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_PACCT",
          "CAP_SYS_ADMIN",
          "CAP_SYS_BOOT",
          "CAP_SYS_NICE",
          "CAP_SYS_RESOURCE",
          "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG",
          "CAP_MKNOD",
          "CAP_LEASE",
          "CAP_AUDIT_WRITE",
          "CAP_AUDIT_CONTROL",
          "CAP_SETFCAP",
          "CAP_MAC_OVERRIDE",
          "CAP_MAC_ADMIN",
          "CAP_SYSLOG",
          "CAP_WAKE_ALARM",
          "CAP_BLOCK_SUSPEND",
          "CAP_AUDIT_READ",
          "CAP_PERFMON",
          "CAP_BPF",
          "CAP_CHECKPOINT_RESTORE");

  private Capabilities() {}

  /** The sets of an ordinary process that may have these. */
  static ObjectNode tree(List<String> names) {
    ObjectNode sets = Json.object();
    List.of("bounding", "effective", "permitted").forEach(set -> sets.set(set, Json.tree(names)));
    return sets;
  }

  /** Those this process could give: {@code CapBnd} of its status. */
  static List<String> own() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(candidate -> candidate.startsWith("CapBnd:"))
            .findFirst()
            .orElse("CapBnd: 0");
    long bits = Long.parseUnsignedLong(line.substring("CapBnd:".length()).strip(), 16);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ALL.size(); i++) {
      if ((bits >> i & 1) != 0) {
        names.add(ALL.get(i));
      }
    }
    return names;
  }

  /**
   * A list with some added and some taken away.
   *
   * @throws UsageException if a name is not one of a capability
   */
  static List<String> changed(List<String> names, List<String> added, List<String> dropped) {
    List<String> changed = new ArrayList<>(names);
    for (String name : added) {
      require(name);
      if (!changed.contains(name)) {
        changed.add(name);
      }
    }
    for (String name : dropped) {
      require(name);
      changed.remove(name);
    }
    return changed;
  }

  private static void require(String name) {
    if (!ALL.contains(name)) {
      throw new UsageException(
          "capability %s: not one; names begin with CAP_, for instance CAP_NET_ADMIN"
              .formatted(name));
    }
  }
}
