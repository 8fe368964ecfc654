// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

/** What an entry of an archive is; the letter is the type flag of POSIX ustar. */
public enum EntryType {
  /** A file with content. */
  REGULAR('0'),
  /** A further name of an earlier entry. */
  HARD_LINK('1'),
  /** A symbolic link. */
  SYMLINK('2'),
  /** A character device. */
  CHARACTER('3'),
  /** A block device. */
  BLOCK('4'),
  /** A directory. */
  DIRECTORY('5'),
  /** A named pipe. */
  FIFO('6'),
  /** A header for all that follows; it is not a file. */
  GLOBAL_HEADER('g');

  private final char flag;

  EntryType(char flag) {
    this.flag = flag;
  }

  /** The type flag in a header. */
  public char flag() {
    return flag;
  }
}
