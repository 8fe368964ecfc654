// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** {@code gantryd}. Exits with 0 when told to stop, with 1 when it cannot start. */
public final class Main {
  private static final Logger LOG = System.getLogger(Main.class.getName());

  private Main() {}

  /** Runs the daemon, or prints what was asked for. */
  public static void main(String[] arguments) {
    int code;
    try {
      code = run(arguments);
    } catch (LaunchException e) {
      String message = String.valueOf(e.getMessage());
      System.err.println(message.startsWith("gantryd: ") ? message : "gantryd: " + message);
      code = 1;
    }
    // Threads of libraries may be left that do not end by themselves.
    System.exit(code);
  }

  private static int run(String... arguments) throws LaunchException {
    Arguments parsed = Arguments.parse(arguments);
    Path home = Path.of(System.getProperty("gantry.home", ".")).toAbsolutePath().normalize();
    return switch (parsed.verb()) {
      case "help" -> {
        System.out.print(Arguments.USAGE);
        yield 0;
      }
      case "run" -> {
        Preload.begin(home);
        yield serve(KernelSettings.read(home, parsed.flags()));
      }
      case "rebuild" -> rebuild(KernelSettings.read(home, parsed.flags()));
      default -> {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code =
            KernelSettings.findKernel()
                .run(out, err, KernelSettings.arguments(parsed.verb(), home, parsed.flags()));
        out.flush();
        yield code;
      }
    };
  }

  private static int serve(KernelSettings settings) throws LaunchException {
    CountDownLatch stop = new CountDownLatch(1);
    Runnable onStop =
        () -> {
          if (stop.getCount() == 0) {
            Runtime.getRuntime().halt(1);
          }
          stop.countDown();
        };
    Signals.on("TERM", onStop);
    Signals.on("INT", onStop);
    Signals.on("USR1", () -> ThreadDump.log(settings.state()));
    ReloadSignal reload = new ReloadSignal();
    Signals.on("HUP", reload);
    if (!settings.temp().isEmpty()) {
      System.setProperty("java.io.tmpdir", settings.temp());
    }
    // Held on to, or the collector would close the files and so release the locks.
    try (DirectoryLock root = DirectoryLock.take("root", settings.root(), "rwx--x--x");
        DirectoryLock state = DirectoryLock.take("state", settings.state(), "rwx--x--x")) {
      Daemon daemon = Daemon.start(settings);
      LOG.log(Level.DEBUG, "{0} and {1} are locked", root, state);
      reload.serve(daemon::reload);
      awaitStop(stop);
      daemon.stop();
    }
    return 0;
  }

  /** Starts what is needed to rebuild, has that done, and stops again. */
  private static int rebuild(KernelSettings settings) throws LaunchException {
    Signals.on("HUP", () -> LOG.log(Level.INFO, "nothing is reloaded while rebuilding"));
    if (!settings.temp().isEmpty()) {
      System.setProperty("java.io.tmpdir", settings.temp());
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    try (DirectoryLock root = DirectoryLock.take("root", settings.root(), "rwx--x--x");
        DirectoryLock state = DirectoryLock.take("state", settings.state(), "rwx--x--x")) {
      Daemon daemon = Daemon.start(settings);
      LOG.log(Level.DEBUG, "{0} and {1} are locked", root, state);
      try {
        return daemon.run("rebuild", out, err);
      } finally {
        daemon.stop();
      }
    }
  }

  private static void awaitStop(CountDownLatch stop) {
    try {
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
