// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

/** What makes a file the same under two names. */
record Inode(long device, long number) {
  static Inode of(FileStat stat) {
    return new Inode(stat.device(), stat.inode());
  }
}
