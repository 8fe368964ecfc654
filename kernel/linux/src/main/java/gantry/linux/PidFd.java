// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A process by a handle that stays with it, {@code pidfd_open(2)}; readable once it ended. */
public final class PidFd implements AutoCloseable {
  private static final long SEND_SIGNAL = 424;
  private static final long OPEN = 434;
  private static final int P_PIDFD = 3;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int SIGINFO_SIZE = 128;
  private static final int CODE = 8;
  private static final int PID = 16;
  private static final int STATUS = 24;
  private static final int CLD_EXITED = 1;
  private static final long GET_INFO = 0xC040FF0BL;
  private static final int INFO_SIZE = 64;
  private static final long INFO_EXIT = 8;
  private static final int INFO_EXIT_CODE = 60;

  private final Fd fd;
  private final int pid;

  private PidFd(Fd fd, int pid) {
    this.fd = fd;
    this.pid = pid;
  }

  /**
   * Opens a process that exists.
   *
   * @throws ErrnoException with {@link Errno#ESRCH} if it does not
   */
  public static PidFd open(int pid) throws IOException {
    long fd = LibC.syscall(OPEN, pid, 0, 0, 0);
    return new PidFd(new Fd(LibC.check((int) fd, "open process " + pid)), pid);
  }

  /**
   * Takes over a handle that another process made.
   *
   * @param fd belongs to the result
   * @param pid its number
   */
  public static PidFd of(Fd fd, int pid) {
    return new PidFd(fd, pid);
  }

  /** Its number, which may be another process's once this one was waited for. */
  public int pid() {
    return pid;
  }

  /** For polling. */
  public Fd fd() {
    return fd;
  }

  /** A second handle. */
  public PidFd duplicate() throws IOException {
    return new PidFd(fd.duplicate(), pid);
  }

  /** Sends a signal to exactly this process. */
  public void signal(int signal) throws IOException {
    try (Fd.Use use = fd.use()) {
      long result = LibC.syscall(SEND_SIGNAL, use.number(), signal, 0, 0);
      LibC.check((int) result, "send signal " + signal + " to process " + pid);
    }
  }

  /**
   * Takes the exit of a child of this process, without waiting.
   *
   * @return 0 to 255, 128 and the number of the signal that ended it; empty while it runs
   * @throws ErrnoException with {@link Errno#ECHILD} if it is not a child
   */
  public Optional<Integer> reap() throws IOException {
    Memory info = LibC.memory(SIGINFO_SIZE);
    try (Fd.Use use = fd.use()) {
      int result = LibC.waitid(P_PIDFD, use.number(), info, WEXITED | WNOHANG);
      LibC.check(result, "wait for process " + pid);
    }
    if (info.getInt(PID) == 0) {
      return Optional.empty();
    }
    int status = info.getInt(STATUS);
    return Optional.of(info.getInt(CODE) == CLD_EXITED ? status & 0xff : 128 + status);
  }

  /**
   * How a process that is no child ended, once it has. A kernel since Linux 6.15 remembers that as
   * long as this is open, {@code PIDFD_GET_INFO} of {@code ioctl(2)}; any knows it while nobody has
   * waited for the process.
   *
   * @return as {@link #reap} has it; empty if it runs or the kernel does not say
   */
  public Optional<Integer> exitStatus() {
    return remembered().or(this::ofZombie).or(this::remembered).map(PidFd::decode);
  }

  private Optional<Integer> remembered() {
    Memory info = LibC.memory(INFO_SIZE);
    info.setLong(0, INFO_EXIT);
    try (Fd.Use use = fd.use()) {
      if (LibC.ioctl(use.number(), GET_INFO, info) < 0 || (info.getLong(0) & INFO_EXIT) == 0) {
        return Optional.empty();
      }
    } catch (ClosedChannelException e) {
      return Optional.empty();
    }
    return Optional.of(info.getInt(INFO_EXIT_CODE));
  }

  /** Field 52 of {@code /proc/pid/stat}; the number is not another's while the zombie is there. */
  private Optional<Integer> ofZombie() {
    try {
      String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
      return fields[0].equals("Z") && fields.length > 49
          ? Optional.of(Integer.parseInt(fields[49]))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The form of {@code wait(2)}. */
  private static int decode(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
  }

  @Override
  public void close() {
    fd.close();
  }
}
