// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.cli.command.Console;
import gantry.cli.command.Program;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command, alias and option of {@code ctr} about stores is one of ours. */
@Timeout(120)
final class CtrGrammarTest {
  private static final List<String> GROUPS =
      List.of("images", "content", "snapshots", "leases", "namespaces", "plugins");

  /** What the manual says is not there. */
  private static final Set<String> LACKING =
      Set.of(
          "plugins inspect-runtime",
          "images import --discard-unpacked-layers",
          "images push --allow-non-distributable-blobs",
          "images push --manifest",
          "images push --manifest-type",
          "images tag --local",
          "images tag --skip-reference-check");

  private static final Pattern GAP = Pattern.compile(" {2,}");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[A-Za-z][\\w-]*");

  private record Help(List<List<String>> commands, Set<String> options) {
    static Help read(String text) {
      List<List<String>> commands = new ArrayList<>();
      Set<String> options = new TreeSet<>();
      String section = "";
      for (String line : text.lines().toList()) {
        if (!line.startsWith(" ")) {
          section = line.isBlank() ? section : line;
        } else if (section.startsWith("COMMANDS:") || section.startsWith("Commands:")) {
          commands.add(List.of(GAP.split(line.strip(), 2)[0].split(", ", -1)));
        } else {
          // the column of names, before the gap that sets off what they mean
          Matcher option = OPTION.matcher(GAP.split(line.strip(), 2)[0]);
          while (option.find()) {
            options.add(option.group());
          }
        }
      }
      commands.removeIf(names -> names.contains("help") || names.getFirst().isBlank());
      options.removeAll(Set.of("--help", "-h"));
      return new Help(commands, options);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "containerd-1.7", "containerd-2"})
  void commandOfCtr_isOneOfOurs(String peer) throws Exception {
    Path ctr = ctr(peer);
    assumeTrue(Files.isExecutable(ctr), "SKIPPED: needs " + ctr + " (cnf/bin/setup --tests)");
    List<String> lacking = new ArrayList<>();
    for (String group : GROUPS) {
      compare(ctr, List.of(group), lacking);
    }
    lacking.removeAll(LACKING);
    assertThat(lacking).isEmpty();
  }

  private static Path ctr(String peer) {
    return peer.isEmpty()
        ? Path.of("/usr/bin/ctr")
        : Path.of("../../build/peers").resolve(peer).resolve("usr/bin/ctr");
  }

  private static void compare(Path ctr, List<String> path, List<String> lacking) throws Exception {
    Help theirs = Help.read(theirs(ctr, path));
    String name = String.join(" ", path);
    if (theirs.commands().isEmpty()) {
      Set<String> missing = new TreeSet<>(theirs.options());
      missing.removeAll(everyOption(ours(path)));
      missing.forEach(option -> lacking.add(name + " " + option));
      return;
    }
    Help ours = Help.read(ours(path));
    for (List<String> names : theirs.commands()) {
      String word = name + " " + names.getFirst();
      boolean known = ours.commands().stream().anyMatch(own -> own.containsAll(names));
      if (!known) {
        lacking.add(word);
      } else {
        List<String> below = new ArrayList<>(path);
        below.add(names.getFirst());
        compare(ctr, below, lacking);
      }
    }
  }

  private static Set<String> everyOption(String help) {
    Set<String> options = new TreeSet<>();
    Matcher option = OPTION.matcher(help);
    while (option.find()) {
      options.add(option.group());
    }
    return options;
  }

  private static String theirs(Path ctr, List<String> path) throws Exception {
    List<String> command = new ArrayList<>(List.of(ctr.toString()));
    command.addAll(path);
    command.add("--help");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  private static String ours(List<String> path) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8);
    List<String> line = new ArrayList<>(path);
    line.add("--help");
    Console console = new Console(InputStream.nullInputStream(), stream, stream);
    int code = new Program(Words.all(), console, Map.of()).run(line);
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    return text;
  }
}
