// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** This process and others. */
public final class Processes {
  /** Signal numbers of Linux on x86-64 and AArch64. */
  public static final int SIGHUP = 1;

  /** Interrupt. */
  public static final int SIGINT = 2;

  /** Kill. */
  public static final int SIGKILL = 9;

  /** Terminate. */
  public static final int SIGTERM = 15;

  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int PR_SET_NAME = 15;
  private static final int SIG_SETMASK = 2;
  private static final int SIGSET_SIZE = 128;

  private Processes() {}

  /** Makes orphaned descendants the children of this process. */
  public static void becomeSubreaper() throws IOException {
    LibC.check(LibC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "become subreaper");
  }

  /** Names the calling thread; on the main thread that is the process's name in {@code ps}. */
  public static void name(String name) throws IOException {
    Memory text = LibC.memory(16);
    byte[] bytes = LibC.string(name);
    text.write(0, bytes, 0, Math.min(bytes.length, 15));
    try {
      LibC.check(LibC.prctl(PR_SET_NAME, Pointer.nativeValue(text), 0, 0, 0), "name thread");
    } finally {
      Reference.reachabilityFence(text);
    }
  }

  /** Detaches from the terminal and session; fails in a leader of a process group. */
  public static void newSession() throws IOException {
    LibC.check(LibC.setsid(), "make a session");
  }

  /**
   * Becomes another program, {@code execve(2)}: the number of the process, its children and the
   * descriptors that were told to {@linkplain Fd#keepOnExec() stay} are the same, nothing else is.
   *
   * @param arguments without the program's name
   * @throws IOException if it cannot; it returns in no other way
   */
  public static void become(Path program, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Memory signals = LibC.memory(SIGSET_SIZE);
    LibC.sigemptyset(signals);
    // the program would inherit what a thread of the virtual machine has blocked
    LibC.pthread_sigmask(SIG_SETMASK, signals, null);
    List<String> argv = new ArrayList<>(List.of(program.toString()));
    argv.addAll(arguments);
    CStrings words = CStrings.of(argv);
    CStrings variables = CStrings.of(environment);
    try {
      LibC.execve(LibC.string(program.toString()), words.vector(), variables.vector());
      throw LibC.failure("become " + program);
    } finally {
      Reference.reachabilityFence(words);
      Reference.reachabilityFence(variables);
    }
  }

  /** Ignores a signal from now on. Children made by {@link Spawn} do not inherit that. */
  public static void ignore(int signal) {
    LibC.signal(signal, Pointer.createConstant(1));
  }

  /**
   * Sends a signal; 0 only asks whether the process is there.
   *
   * @param pid negative for a process group
   */
  public static void kill(int pid, int signal) throws IOException {
    LibC.check(LibC.kill(pid, signal), "send signal " + signal + " to process " + pid);
  }

  /** The effective user id. */
  public static int userId() {
    return LibC.geteuid();
  }
}
