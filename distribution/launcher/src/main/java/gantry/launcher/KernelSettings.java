// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;

/**
 * What the kernel read from flags and files, as far as it concerns the launcher.
 *
 * @param started when the launcher began, in milliseconds since 1970
 * @param kernel keeps what it read; it becomes a service, so that the file is not read again
 */
record KernelSettings(
    ToolProvider kernel, Path home, Path root, Path state, String temp, long started) {
  private static final String KERNEL = "gantry-kernel";

  static ToolProvider findKernel() throws LaunchException {
    return ToolProvider.findFirst(KERNEL)
        .orElseThrow(() -> new LaunchException("the kernel is not on the class path"));
  }

  static String[] arguments(String verb, Path home, List<String> flags) {
    List<String> arguments = new ArrayList<>(List.of(verb, "home=" + home));
    arguments.addAll(flags);
    return arguments.toArray(String[]::new);
  }

  static KernelSettings read(Path home, List<String> flags) throws LaunchException {
    long started = System.currentTimeMillis();
    ToolProvider kernel = findKernel();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    PrintWriter printer = new PrintWriter(err);
    int code = kernel.run(new PrintWriter(out, true), printer, arguments("settings", home, flags));
    printer.flush();
    if (code != 0) {
      throw new LaunchException(err.toString().strip());
    }
    Map<String, String> values = new HashMap<>();
    out.toString()
        .lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              values.put(line.substring(0, equals), line.substring(equals + 1));
            });
    return new KernelSettings(
        kernel,
        home,
        Path.of(values.getOrDefault("root", "")),
        Path.of(values.getOrDefault("state", "")),
        values.getOrDefault("temp", ""),
        started);
  }
}
