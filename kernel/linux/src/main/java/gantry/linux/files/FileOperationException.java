// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import com.sun.jna.Native;
import java.io.IOException;
import java.util.Locale;

/** Raised when the kernel refuses an operation on a file; tells operation, object and reason. */
public final class FileOperationException extends IOException {
  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** No such file or directory. */
  public static final int ENOENT = 2;

  /** Interrupted by a signal. */
  static final int EINTR = 4;

  /** File exists. */
  public static final int EEXIST = 17;

  /** Not a directory. */
  public static final int ENOTDIR = 20;

  /** Is a directory. */
  public static final int EISDIR = 21;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** Result too large for the buffer. */
  static final int ERANGE = 34;

  /** Name too long. */
  public static final int ENAMETOOLONG = 36;

  /** Too many levels of symbolic links. */
  public static final int ELOOP = 40;

  /** No such extended attribute. */
  public static final int ENODATA = 61;

  /** Not supported by the filesystem. */
  public static final int ENOTSUP = 95;

  private static final long serialVersionUID = 1L;

  private final int errno;

  FileOperationException(String operation, String object, int errno) {
    super(operation + " " + object + ": " + reason(errno));
    this.errno = errno;
  }

  /** The error number of Linux. */
  public int errno() {
    return errno;
  }

  private static String reason(int errno) {
    String text = FileCalls.strerror(errno);
    if (text == null || text.isEmpty()) {
      return "error " + errno;
    }
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  /** The error number the last call on this thread left. */
  static int lastErrno() {
    return Native.getLastError();
  }
}
