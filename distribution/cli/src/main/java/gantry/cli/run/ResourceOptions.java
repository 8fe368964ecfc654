// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Arguments;
import gantry.cli.command.UsageException;

/** The options that limit what a container may use. */
final class ResourceOptions {
  private static final long PERIOD = 100_000;

  private final Arguments arguments;
  private final ObjectNode resources;

  ResourceOptions(Arguments arguments, ObjectNode linux) {
    this.arguments = arguments;
    this.resources = linux.withObject("/resources");
  }

  void apply() {
    long memory = arguments.number("memory-limit", 0);
    if (memory != 0) {
      resources.putObject("memory").put("limit", memory);
    }
    ObjectNode cpu = resources.putObject("cpu").put("shares", arguments.number("cpu-shares", 1024));
    long quota = arguments.number("cpu-quota", -1);
    long period = arguments.number("cpu-period", 0);
    double cpus = cpus();
    if (cpus > 0 && (quota != -1 || period != 0)) {
      throw new UsageException("--cpus cannot be used with --cpu-quota and --cpu-period");
    }
    if (cpus > 0) {
      cpu.put("quota", (long) (cpus * PERIOD)).put("period", PERIOD);
    } else if (quota != -1 || period != 0) {
      cpu.put("quota", quota);
      if (period != 0) {
        cpu.put("period", period);
      }
    }
    arguments.find("cpuset-cpus").ifPresent(list -> cpu.put("cpus", list));
    arguments.find("cpuset-mems").ifPresent(list -> cpu.put("mems", list));
  }

  private double cpus() {
    String text = arguments.value("cpus", "0");
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException malformed) {
      throw new UsageException("--cpus %s: want a number such as 1.5".formatted(text));
    }
  }
}
