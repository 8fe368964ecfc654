// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import gantry.cli.command.Console;
import gantry.cli.command.Program;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The entry point of {@code gantry}. */
public final class Main {
  /** Held, because the log manager itself keeps loggers weakly. */
  private static final Logger TRANSPORT = Logger.getLogger("io.netty");

  private Main() {}

  /** Runs one command line and exits with its code. */
  public static void main(String[] line) {
    // warns of every socket option that a unix socket does not have
    TRANSPORT.setLevel(Level.SEVERE);
    // libraries log to nowhere here, which would be complained about
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    Console console =
        new Console(
            new FileInputStream(FileDescriptor.in),
            stream(FileDescriptor.out),
            stream(FileDescriptor.err));
    Program program = new Program(Words.all(), console, System.getenv());
    System.exit(program.run(List.of(line)));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor)), false, StandardCharsets.UTF_8);
  }
}
