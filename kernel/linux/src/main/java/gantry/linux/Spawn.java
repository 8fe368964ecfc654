// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a process with exactly the descriptors it is given, {@code posix_spawn(3)}. It has no
 * blocked or ignored signals. Nobody waits for it but the caller: hand the pid to a {@link
 * PidWatcher}. Used by one thread.
 */
public final class Spawn {
  private static final short SETSIGDEF = 4;
  private static final short SETSIGMASK = 8;
  private static final short SETSID = 128;
  private static final int SIGKILL = 9;
  private static final int SIGSTOP = 19;
  private static final int ATTRIBUTES_SIZE = 512;
  private static final int ACTIONS_SIZE = 256;
  private static final int SIGSET_SIZE = 128;

  private final Path program;
  private final List<String> arguments;
  private final List<Fd> descriptors = new ArrayList<>();
  private Map<String, String> environment = System.getenv();
  private @Nullable Path directory;
  private boolean session;

  /**
   * Describes a process.
   *
   * @param program an absolute path
   * @param arguments without the program's name
   */
  public Spawn(Path program, List<String> arguments) {
    this.program = program;
    this.arguments = List.copyOf(arguments);
  }

  /** Sets the whole environment; that of this process if not set. */
  public Spawn environment(Map<String, String> variables) {
    this.environment = new HashMap<>(variables);
    return this;
  }

  /** Sets the working directory. */
  public Spawn directory(Path path) {
    this.directory = path;
    return this;
  }

  /** Makes the process the leader of a session of its own. */
  public Spawn newSession() {
    this.session = true;
    return this;
  }

  /** Gives its descriptors 0, 1, 2 …; all others are closed. They stay the caller's. */
  public Spawn descriptors(List<Fd> fds) {
    descriptors.clear();
    descriptors.addAll(fds);
    return this;
  }

  /** Starts it; returns its pid. */
  public int start() throws IOException {
    List<Fd> lifted = new ArrayList<>();
    Memory actions = LibC.memory(ACTIONS_SIZE);
    Memory attributes = LibC.memory(ATTRIBUTES_SIZE);
    LibC.posix_spawn_file_actions_init(actions);
    LibC.posix_spawnattr_init(attributes);
    try {
      for (Fd fd : descriptors) {
        // above all targets, so that none overwrites one that is still to be copied
        lifted.add(fd.duplicate(Math.max(descriptors.size(), 3)));
      }
      fill(actions, lifted);
      fill(attributes);
      return spawn(actions, attributes);
    } finally {
      LibC.posix_spawn_file_actions_destroy(actions);
      LibC.posix_spawnattr_destroy(attributes);
      lifted.forEach(Fd::close);
    }
  }

  private void fill(Memory actions, List<Fd> lifted) throws IOException {
    for (int i = 0; i < lifted.size(); i++) {
      expect(LibC.posix_spawn_file_actions_adddup2(actions, lifted.get(i).number(), i));
    }
    if (directory != null) {
      expect(LibC.posix_spawn_file_actions_addchdir_np(actions, LibC.string(directory.toString())));
    }
    expect(LibC.posix_spawn_file_actions_addclosefrom_np(actions, lifted.size()));
  }

  private void fill(Memory attributes) throws IOException {
    Memory signals = LibC.memory(SIGSET_SIZE);
    LibC.sigemptyset(signals);
    expect(LibC.posix_spawnattr_setsigmask(attributes, signals));
    LibC.sigfillset(signals);
    LibC.sigdelset(signals, SIGKILL);
    LibC.sigdelset(signals, SIGSTOP);
    expect(LibC.posix_spawnattr_setsigdefault(attributes, signals));
    int flags = SETSIGDEF | SETSIGMASK | (session ? SETSID : 0);
    expect(LibC.posix_spawnattr_setflags(attributes, (short) flags));
  }

  private int spawn(Memory actions, Memory attributes) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(program.toString());
    argv.addAll(arguments);
    CStrings words = CStrings.of(argv);
    CStrings variables = CStrings.of(environment);
    IntByReference pid = new IntByReference();
    try {
      expect(
          LibC.posix_spawn(
              pid,
              LibC.string(program.toString()),
              actions,
              attributes,
              words.vector(),
              variables.vector()));
    } finally {
      // the vectors hold addresses only: the strings must live until here
      Reference.reachabilityFence(words);
      Reference.reachabilityFence(variables);
    }
    return pid.getValue();
  }

  private void expect(int error) throws IOException {
    if (error != 0) {
      throw ErrnoException.of(error, "start " + program);
    }
  }
}
