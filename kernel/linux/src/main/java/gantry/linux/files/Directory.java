// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An open directory and what can be done to the names in it. A name is one component: never empty,
 * without {@code /}, and not {@code ..}; {@code .} is the directory itself. Symbolic links are
 * never followed, so nothing done here can reach out of the directory.
 *
 * <p>Directories opened from one another share memory: use them by one thread at a time.
 */
public final class Directory implements AutoCloseable {
  /** The name of a directory in itself. */
  public static final String SELF = ".";

  static final int AT_EMPTY_PATH = 0x1000;
  static final int STATX_BASIC = 0x7ff;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_PATH = 010000000;
  private static final int BUFFER = 256 * 1024;

  private final String path;
  private final Scratch scratch;
  private int fd;
  private int holders = 1;

  private Directory(String path, Scratch scratch, int fd) {
    this.path = path;
    this.scratch = scratch;
    this.fd = fd;
  }

  /** Opens a directory of the host; here symbolic links are followed. */
  public static Directory open(Path path) throws IOException {
    Scratch scratch = new Scratch(BUFFER);
    int flags = O_PATH | OpenFlags.DIRECTORY | O_CLOEXEC;
    int fd = FileCalls.openat(AT_FDCWD, scratch.first(path.toString()), flags, 0);
    if (fd < 0) {
      throw new FileOperationException(
          "open directory", path.toString(), FileOperationException.lastErrno());
    }
    return new Directory("", scratch, fd);
  }

  /** The path from where opening began, {@code /} before each name; empty at the beginning. */
  public String path() {
    return path;
  }

  /**
   * Opens a directory in this one.
   *
   * @throws FileOperationException {@code ENOTDIR} if it is something else, also a symbolic link
   */
  public Directory child(String name) throws IOException {
    int flags = O_PATH | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW | O_CLOEXEC;
    return new Directory(at(name), scratch, check(name, openAt(name, flags, 0), "open directory"));
  }

  /** Creates a regular file for writing; it must not exist. The umask clears bits of the mode. */
  public OpenFile create(String name, int permissions) throws IOException {
    int flags = O_WRONLY | O_CREAT | O_EXCL | OpenFlags.NOFOLLOW | O_CLOEXEC;
    return new OpenFile(at(name), scratch, check(name, openAt(name, flags, permissions), "create"));
  }

  /** Opens a file for reading; a symbolic link is refused with {@code ELOOP}. */
  public OpenFile read(String name) throws IOException {
    int flags = OpenFlags.NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    return new OpenFile(at(name), scratch, check(name, openAt(name, flags, 0), "open"));
  }

  /** What is known of a name. */
  public FileStat stat(String name) throws IOException {
    check(name, statx(name), "stat");
    return FileStat.read(scratch);
  }

  /** What is known of a name, or empty if nothing has it. */
  public Optional<FileStat> find(String name) throws IOException {
    if (statx(name) == 0) {
      return Optional.of(FileStat.read(scratch));
    }
    int errno = FileOperationException.lastErrno();
    if (errno == FileOperationException.ENOENT) {
      return Optional.empty();
    }
    throw new FileOperationException("stat", at(name), errno);
  }

  /** All names, without {@code .} and {@code ..}, in the order of their bytes. */
  public List<String> list() throws IOException {
    int open = check(SELF, openAt(SELF, OpenFlags.DIRECTORY | O_CLOEXEC, 0), "open directory");
    try {
      return DirectoryListing.read(open, path, scratch);
    } finally {
      FileCalls.close(open);
    }
  }

  /** Makes a directory. The umask clears bits of the mode. */
  public void makeDirectory(String name, int permissions) throws IOException {
    check(name, FileCalls.mkdirat(fd(), first(name), permissions), "make directory");
  }

  /** Makes a symbolic link; the target is any text. */
  public void makeSymlink(String name, String target) throws IOException {
    check(name, FileCalls.symlinkat(scratch.second(target), fd(), first(name)), "make symlink");
  }

  /** Makes a further name of a file; of a symbolic link itself, not of what it points to. */
  public void makeLink(String name, Directory from, String source) throws IOException {
    long sourceName = from.scratch.second(checked(source));
    check(name, FileCalls.linkat(from.fd(), sourceName, fd(), first(name), 0), "make link");
  }

  /**
   * Makes a device or named pipe. The umask clears bits of the mode.
   *
   * @param mode type and permission bits
   */
  public void makeNode(String name, int mode, int major, int minor) throws IOException {
    check(name, FileCalls.mknodat(fd(), first(name), mode, device(major, minor)), "make node");
  }

  /** The target of a symbolic link; {@code EINVAL} if it is something else. */
  public String readLink(String name) throws IOException {
    long length = FileCalls.readlinkat(fd(), first(name), scratch.data(), Scratch.PATH_MAX);
    check(name, length < 0 ? -1 : 0, "read link");
    byte[] target = new byte[(int) length];
    scratch.getData(0, target, 0, target.length);
    return FileNames.decode(target);
  }

  /** Gives a file another name here; what had it is replaced. */
  public void rename(String from, String to) throws IOException {
    scratch.removed();
    long source = scratch.second(checked(from));
    check(from, FileCalls.renameat(fd(), source, fd(), first(to)), "rename");
  }

  /** Removes a name that is not a directory. */
  public void remove(String name) throws IOException {
    scratch.removed();
    check(name, FileCalls.unlinkat(fd(), first(name), 0), "remove");
  }

  /** Removes an empty directory. */
  public void removeDirectory(String name) throws IOException {
    scratch.removed();
    check(name, FileCalls.unlinkat(fd(), first(name), AT_REMOVEDIR), "remove directory");
  }

  /** Removes whatever has the name, with everything below; nothing is fine too. */
  public void removeTree(String name) throws IOException {
    if (name.equals(SELF)) {
      throw new IllegalArgumentException("cannot remove a directory through itself");
    }
    if (FileCalls.unlinkat(fd(), first(name), 0) == 0) {
      scratch.removed();
      return;
    }
    switch (FileOperationException.lastErrno()) {
      case FileOperationException.ENOENT -> {}
      case FileOperationException.EISDIR -> TreeRemoval.remove(this, name);
      default -> throw failure("remove", name);
    }
  }

  /** Sets owner and group. */
  public void changeOwner(String name, int uid, int gid) throws IOException {
    check(name, FileCalls.fchownat(fd(), first(name), uid, gid, AT_SYMLINK_NOFOLLOW), "chown");
  }

  /** Sets the permission bits; a symbolic link has none and is left alone. */
  public void changeMode(String name, int permissions) throws IOException {
    int flags = O_PATH | OpenFlags.NOFOLLOW | O_CLOEXEC;
    int open = check(name, openAt(name, flags, 0), "chmod");
    try {
      check(
          name,
          FileCalls.statx(open, scratch.first(""), AT_EMPTY_PATH, 2 | 1, scratch.structure()),
          "stat");
      if (!FileStat.read(scratch).isSymlink()) {
        check(name, FileCalls.chmod(scratch.first("/proc/self/fd/" + open), permissions), "chmod");
      }
    } finally {
      FileCalls.close(open);
    }
  }

  /** Sets the times, to the nanosecond where the filesystem keeps it. */
  public void changeTimes(String name, Instant accessed, Instant modified) throws IOException {
    long times = scratch.times(accessed, modified);
    check(name, FileCalls.utimensat(fd(), first(name), times, AT_SYMLINK_NOFOLLOW), "set times of");
  }

  /** The extended attributes of a name, of a symbolic link itself. */
  public XattrView xattrs(String name) {
    return new XattrView("/proc/self/fd/" + fd() + "/" + checked(name), at(name), scratch);
  }

  /** Makes the names in this directory durable. */
  public void sync() throws IOException {
    int open = check(SELF, openAt(SELF, OpenFlags.DIRECTORY | O_CLOEXEC, 0), "open directory");
    try {
      check(SELF, FileCalls.fsync(open), "fsync");
    } finally {
      FileCalls.close(open);
    }
  }

  /** Lets go; after the last hold the directory is closed. */
  @Override
  public void close() {
    if (holders > 0 && --holders == 0) {
      FileCalls.close(fd);
      fd = -1;
    }
  }

  /** Takes one more hold, to be given back by {@link #close}. */
  Directory hold() {
    fd();
    holders++;
    return this;
  }

  /** Counts what was removed in all directories opened from the same one. */
  int removals() {
    return scratch.removals();
  }

  private int statx(String name) throws IOException {
    return FileCalls.statx(
        fd(), first(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC, scratch.structure());
  }

  private int openAt(String name, int flags, int mode) throws IOException {
    return FileCalls.openat(fd(), first(name), flags, mode);
  }

  private int fd() {
    if (fd < 0) {
      throw new IllegalStateException("directory is closed: " + path);
    }
    return fd;
  }

  private String at(String name) {
    return name.equals(SELF) ? path : path + "/" + name;
  }

  private long first(String name) throws IOException {
    return scratch.first(checked(name));
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.equals("..") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not the name of a file in a directory: " + name);
    }
    return name;
  }

  private int check(String name, int result, String operation) throws IOException {
    if (result < 0) {
      throw failure(operation, name);
    }
    return result;
  }

  private FileOperationException failure(String operation, String name) {
    int errno = FileOperationException.lastErrno();
    String object = at(name);
    return new FileOperationException(operation, object.isEmpty() ? "/" : object, errno);
  }

  /** Packs a device number as the kernel's user interface does. */
  private static long device(int major, int minor) {
    long high = major & 0xffffffffL;
    long low = minor & 0xffffffffL;
    return (low & 0xff) | ((high & 0xfff) << 8) | ((low & ~0xffL) << 12) | ((high & ~0xfffL) << 32);
  }
}
