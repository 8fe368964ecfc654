// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The command line.
 *
 * @param verb what to do: {@code run}, {@code rebuild}, {@code version}, {@code help}, {@code
 *     default}, {@code dump}
 * @param flags of the form {@code name=value}, by the kernel's names
 */
record Arguments(String verb, List<String> flags) {
  static final String USAGE =
      """
      gantryd - the daemon that runs containers

      usage:
        gantryd [flags]                 run in the foreground
        gantryd [flags] config default  print the default configuration
        gantryd [flags] config dump     print the configuration in force

      flags:
        -c, --config FILE     configuration (default /etc/gantry/config.toml)
        -a, --address SOCKET  gRPC socket (default /run/gantry/gantry.sock)
            --root DIR        what outlives a reboot (default /var/lib/gantry)
            --state DIR       what does not (default /run/gantry)
            --rebuild[=HOW]   fill a new database from what is on the disk, print what came
                              back and what did not, and exit: 0 if all did, 2 if not. HOW is
                              sizes (default) or hashes, which reads every blob
        -l, --log-level LEVEL trace, debug, info, warn, error, fatal or panic
        -v, --version         print the version
        -h, --help            print this
      """;

  private static final Map<String, String> NAMES =
      Map.of(
          "-c", "config",
          "--config", "config",
          "-a", "address",
          "--address", "address",
          "--root", "root",
          "--state", "state",
          "-l", "level",
          "--log-level", "level");

  private static final List<String> LEVELS =
      List.of("trace", "debug", "info", "warn", "error", "fatal", "panic");

  static Arguments parse(String... arguments) throws LaunchException {
    List<String> flags = new ArrayList<>();
    List<String> words = new ArrayList<>();
    Iterator<String> rest = Arrays.asList(arguments).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      switch (argument) {
        case "-v", "--version" -> {
          return new Arguments("version", List.of());
        }
        case "-h", "--help", "help" -> {
          return new Arguments("help", List.of());
        }
        case "--rebuild", "--rebuild=sizes" -> flags.add("rebuild=sizes");
        case "--rebuild=hashes" -> flags.add("rebuild=hashes");
        default -> {
          if (argument.startsWith("-")) {
            flags.add(flag(argument, rest));
          } else {
            words.add(argument);
          }
        }
      }
    }
    String verb = verb(words);
    boolean isRebuild = flags.stream().anyMatch(flag -> flag.startsWith("rebuild="));
    if (isRebuild && !verb.equals("run")) {
      throw new LaunchException("--rebuild goes with no command");
    }
    return new Arguments(isRebuild ? "rebuild" : verb, List.copyOf(flags));
  }

  private static String flag(String argument, Iterator<String> rest) throws LaunchException {
    int equals = argument.indexOf('=');
    String written = equals < 0 ? argument : argument.substring(0, equals);
    String name = NAMES.get(written);
    if (name == null) {
      throw new LaunchException("unknown flag %s; gantryd --help lists all".formatted(written));
    }
    if (equals < 0 && !rest.hasNext()) {
      throw new LaunchException("flag %s needs a value".formatted(written));
    }
    String value = equals < 0 ? rest.next() : argument.substring(equals + 1);
    if (name.equals("level") && !LEVELS.contains(value)) {
      throw new LaunchException(
          "no log level \"%s\": want one of %s".formatted(value, String.join(", ", LEVELS)));
    }
    return name + "=" + value;
  }

  private static String verb(List<String> words) throws LaunchException {
    return switch (String.join(" ", words)) {
      case "" -> "run";
      case "config default" -> "default";
      case "config dump", "config migrate" -> "dump";
      default ->
          throw new LaunchException(
              "no command \"%s\"; gantryd --help lists all".formatted(String.join(" ", words)));
    };
  }
}
