// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a daemon holds.
 *
 * @param loaders class loaders of bundles, after a collection
 * @param metaspaceKb in use
 */
record Footprint(long loaders, long metaspaceKb, long threads, long files) {
  private static final Pattern LOADERS =
      Pattern.compile(
          "\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+\\S*BundleWiringImpl\\$BundleClassLoader\\b.*");
  private static final Pattern PLUGIN_CLASS =
      Pattern.compile("(gantry\\.plugins(?:\\.[a-z_]+)+)\\.[A-Z]\\w*$");
  private static final Pattern METASPACE = Pattern.compile("(?s).*Metaspace\\s+used\\s+(\\d+)K.*");

  static Footprint of(Process daemon) throws IOException {
    long pid = daemon.pid();
    // Twice: what the first collection lets go of may hold what the second finds.
    jcmd(pid, "GC.class_histogram");
    long loaders =
        jcmd(pid, "GC.class_histogram")
            .lines()
            .map(LOADERS::matcher)
            .filter(Matcher::matches)
            .mapToLong(line -> Long.parseLong(line.group(1)))
            .sum();
    return new Footprint(
        loaders,
        number(METASPACE, jcmd(pid, "VM.metaspace", "basic")),
        entries(Path.of("/proc/" + pid + "/task")),
        entries(Path.of("/proc/" + pid + "/fd")));
  }

  /** Which packages of plugins have classes in more than one version. */
  static Set<String> packagesOfSeveralVersions(Process daemon) {
    Set<String> seen = new HashSet<>();
    return jcmd(daemon.pid(), "VM.classloaders", "show-classes")
        .lines()
        .map(PLUGIN_CLASS::matcher)
        .filter(Matcher::find)
        .filter(line -> !seen.add(line.group()))
        .map(line -> line.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.count();
    }
  }

  private static String jcmd(long pid, String... words) {
    List<String> command =
        Stream.concat(
                Stream.of(System.getProperty("java.home") + "/bin/jcmd", Long.toString(pid)),
                Stream.of(words))
            .toList();
    return new Shell(Map.of(), Duration.ofSeconds(60)).run(command).all();
  }
}
