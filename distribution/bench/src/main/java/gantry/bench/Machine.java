// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What everything ran on.
 *
 * @param facts by name
 */
record Machine(Map<String, String> facts) {
  /** Looks around. */
  static Machine look(Settings settings) throws IOException, InterruptedException {
    Map<String, String> facts = new TreeMap<>();
    facts.put("processor", line("/proc/cpuinfo", "model name"));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", line("/proc/meminfo", "MemTotal"));
    facts.put("kernel", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    facts.put("filesystem", Files.getFileStore(settings.work()).type());
    facts.put("state in", Files.getFileStore(settings.stateBase()).type());
    facts.put("load before", Files.readString(Path.of("/proc/loadavg")).strip());
    facts.put("java", Runtime.version().toString());
    facts.put("runc", first(Programs.run(List.of("runc", "--version"))));
    facts.put("containerd", Programs.run(List.of(settings.peer().toString(), "--version")));
    facts.put(
        "gantry",
        Programs.run(List.of(settings.install().resolve("bin/gantryd").toString(), "--version")));
    facts.put(
        "ctr",
        Programs.run(
            List.of(Product.containerd(settings.peer()).beside("ctr").toString(), "--version")));
    return new Machine(facts);
  }

  private static String line(String file, String key) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown");
    }
  }

  private static String first(String text) {
    return text.lines().findFirst().orElse("");
  }
}
