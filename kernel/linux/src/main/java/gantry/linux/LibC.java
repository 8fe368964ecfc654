// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The C library, mapped directly. Bound when first used. Sizes and offsets of structures are those
 * of 64-bit Linux.
 */
final class LibC {
  static {
    Native.register(LibC.class, NativeLibrary.getProcess());
  }

  private LibC() {}

  static native int open(byte[] path, int flags, int mode);

  static native int close(int fd);

  static native long read(int fd, byte[] buffer, long size);

  static native long write(int fd, byte[] buffer, long size);

  static native int fcntl(int fd, int command, long argument);

  static native int poll(Pointer fds, long count, int timeoutMillis);

  static native int eventfd(int initial, int flags);

  static native int epoll_create1(int flags);

  static native int epoll_ctl(int epoll, int operation, int fd, @Nullable Pointer event);

  static native int epoll_wait(int epoll, Pointer events, int capacity, int timeoutMillis);

  static native int pipe2(Pointer fds, int flags);

  static native int mkfifo(byte[] path, int mode);

  static native int mount(
      byte @Nullable [] source,
      byte[] target,
      byte @Nullable [] type,
      long flags,
      byte @Nullable [] data);

  static native int umount2(byte[] target, int flags);

  static native int unshare(int flags);

  static native int chdir(byte[] path);

  static native int statfs(byte[] path, Pointer result);

  static native int flock(int fd, int operation);

  static native int kill(int pid, int signal);

  static native int getuid();

  static native int geteuid();

  static native int getpid();

  static native int setsid();

  static native int prctl(int option, long a, long b, long c, long d);

  static native int waitid(int idType, int id, Pointer info, int options);

  static native long syscall(long number, long a, long b, long c, long d);

  static native long syscall(long number, long a, long b, long c, long d, long e);

  static native Pointer signal(int number, Pointer handler);

  static native int ioctl(int fd, long request, Pointer argument);

  static native int tcgetattr(int fd, Pointer termios);

  static native int tcsetattr(int fd, int actions, Pointer termios);

  static native void cfmakeraw(Pointer termios);

  static native int socket(int domain, int type, int protocol);

  static native int bind(int fd, Pointer address, int size);

  static native int listen(int fd, int backlog);

  static native int connect(int fd, Pointer address, int size);

  static native int getsockname(int fd, Pointer address, IntByReference size);

  static native int dup3(int from, int to, int flags);

  static native int accept4(int fd, @Nullable Pointer address, @Nullable Pointer size, int flags);

  static native long sendmsg(int fd, Pointer message, int flags);

  static native long recvmsg(int fd, Pointer message, int flags);

  static native int getsockopt(int fd, int level, int name, Pointer value, IntByReference size);

  static native int posix_spawn(
      IntByReference pid,
      byte[] path,
      Pointer actions,
      Pointer attributes,
      Pointer argv,
      Pointer envp);

  static native int posix_spawn_file_actions_init(Pointer actions);

  static native int posix_spawn_file_actions_destroy(Pointer actions);

  static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  static native int posix_spawn_file_actions_addchdir_np(Pointer actions, byte[] path);

  static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

  static native int posix_spawnattr_init(Pointer attributes);

  static native int posix_spawnattr_destroy(Pointer attributes);

  static native int posix_spawnattr_setflags(Pointer attributes, short flags);

  static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

  static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

  static native int execve(byte[] path, Pointer argv, Pointer envp);

  static native int pthread_sigmask(int how, Pointer signals, @Nullable Pointer before);

  static native int sigemptyset(Pointer signals);

  static native int sigfillset(Pointer signals);

  static native int sigdelset(Pointer signals, int signal);

  /** A C string. */
  static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] terminated = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, terminated, 0, bytes.length);
    return terminated;
  }

  /** Zeroed memory that lives as long as it is reachable. */
  static Memory memory(long size) {
    Memory memory = new Memory(size);
    memory.clear();
    return memory;
  }

  /** The error of the last call on this thread, for a message of the form "what: reason". */
  static ErrnoException failure(String what) {
    return ErrnoException.of(Native.getLastError(), what);
  }

  static int errno() {
    return Native.getLastError();
  }

  /** Returns the result, or throws the error if it is negative. */
  static int check(int result, String what) throws ErrnoException {
    if (result < 0) {
      throw failure(what);
    }
    return result;
  }
}
