// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The extended attributes of one file. Valid while what it was made from is open. */
public final class XattrView {
  /** Longest value the kernel takes, in bytes. */
  private static final int SIZE_MAX = 64 * 1024;

  private final String location;
  private final String shown;
  private final Scratch scratch;

  XattrView(String location, String shown, Scratch scratch) {
    this.location = location;
    this.shown = shown;
    this.scratch = scratch;
  }

  /** The value of an attribute; empty if it has none, or the filesystem has no attributes. */
  public Optional<byte[]> find(String name) throws IOException {
    long size =
        FileCalls.lgetxattr(
            scratch.first(location), scratch.second(name), scratch.data(), SIZE_MAX);
    if (size >= 0) {
      byte[] value = new byte[(int) size];
      scratch.getData(0, value, 0, value.length);
      return Optional.of(value);
    }
    int errno = FileOperationException.lastErrno();
    if (errno == FileOperationException.ENODATA || errno == FileOperationException.ENOTSUP) {
      return Optional.empty();
    }
    throw new FileOperationException("get xattr " + name + " of", shown, errno);
  }

  /** Sets an attribute, new or not. */
  public void set(String name, byte[] value) throws IOException {
    if (value.length > SIZE_MAX) {
      throw new FileOperationException(
          "set xattr " + name + " of", shown, FileOperationException.ERANGE);
    }
    scratch.putData(value, 0, value.length);
    check(
        FileCalls.lsetxattr(
            scratch.first(location), scratch.second(name), scratch.data(), value.length, 0),
        "set xattr " + name + " of");
  }

  /** Removes an attribute; {@code ENODATA} if it is not there. */
  public void remove(String name) throws IOException {
    check(
        FileCalls.lremovexattr(scratch.first(location), scratch.second(name)),
        "remove xattr " + name + " of");
  }

  /** The names of all attributes; none if the filesystem has no attributes. */
  public List<String> list() throws IOException {
    long size = FileCalls.llistxattr(scratch.first(location), scratch.data(), SIZE_MAX);
    if (size < 0) {
      int errno = FileOperationException.lastErrno();
      if (errno == FileOperationException.ENOTSUP) {
        return List.of();
      }
      throw new FileOperationException("list xattrs of", shown, errno);
    }
    byte[] bytes = new byte[(int) size];
    scratch.getData(0, bytes, 0, bytes.length);
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        names.add(FileNames.decode(bytes, from, i - from));
        from = i + 1;
      }
    }
    return names;
  }

  private void check(int result, String operation) throws IOException {
    if (result < 0) {
      throw new FileOperationException(operation, shown, FileOperationException.lastErrno());
    }
  }
}
