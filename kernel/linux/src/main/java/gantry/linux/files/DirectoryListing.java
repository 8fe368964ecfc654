// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the names in a directory through {@code getdents64}. */
final class DirectoryListing {
  private static final int RECORD_LENGTH = 16;
  private static final int NAME = 19;

  private DirectoryListing() {}

  static List<String> read(int fd, String path, Scratch scratch) throws IOException {
    List<byte[]> names = new ArrayList<>();
    while (true) {
      long length = FileCalls.getdents64(fd, scratch.data(), scratch.dataSize());
      if (length < 0) {
        throw new FileOperationException("list", path, FileOperationException.lastErrno());
      }
      if (length == 0) {
        names.sort(Arrays::compareUnsigned);
        return names.stream().map(FileNames::decode).toList();
      }
      for (int at = 0; at < length; at += scratch.dataShort(at + RECORD_LENGTH)) {
        byte[] name = name(scratch, at + NAME);
        if (!isDots(name)) {
          names.add(name);
        }
      }
    }
  }

  private static byte[] name(Scratch scratch, int from) {
    int length = 0;
    while (scratch.dataByte(from + length) != 0) {
      length++;
    }
    byte[] name = new byte[length];
    scratch.getData(from, name, 0, length);
    return name;
  }

  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }
}
