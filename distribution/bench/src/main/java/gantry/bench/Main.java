// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The program behind {@code make bench}. */
public final class Main {
  private static final int BROKEN = 1;
  private static final int USAGE = 2;

  /** Netty warns of each connection that a socket of this kind has no such option. */
  private static final Logger NETTY = Logger.getLogger("io.netty.bootstrap");

  private Main() {}

  /**
   * Measures; the exit code is 1 if some row is broken.
   *
   * @param arguments an installed Gantry, a directory for data, one for results
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("usage: INSTALL_DIR WORK_DIR RESULT_DIR");
      System.exit(USAGE);
    }
    Settings settings = Settings.of(Path.of(arguments[0]), Path.of(arguments[1]), System.getenv());
    Path _ = Files.createDirectories(settings.work());
    Stage stage = new Stage(settings);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stage::close));
    List<String> problems = measure(settings, stage, Path.of(arguments[2]), System.out);
    problems.forEach(problem -> System.out.println("broken: " + problem));
    System.exit(problems.isEmpty() ? 0 : BROKEN);
  }

  /** Measures, writes table, file and picture, and returns what is broken. */
  static List<String> measure(Settings settings, Stage stage, Path results, PrintStream out)
      throws Exception {
    NETTY.setLevel(Level.SEVERE);
    Instant date = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Machine machine = Machine.look(settings);
    Bench bench = new Bench(settings, new Table(out));
    Report report = bench.run(stage, machine);
    List<String> problems = report.problems(bench.wanted());
    String name = date.toString().replace(":", "");
    ReportFile.write(
        results.resolve(name + ".json"), date, settings, machine, report.figures(), problems);
    Picture.write(results.resolve(name + ".svg"), machine, report.figures());
    out.printf("%n%s.json and .svg are in %s%n", name, results);
    return problems;
  }
}
