// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.time.Instant;

/**
 * What {@code statx} tells of a file.
 *
 * @param mode type and permission bits
 * @param links number of names
 * @param size bytes
 * @param blocks space taken, in units of 512 bytes
 * @param device device the file is on, {@code major << 32 | minor}
 * @param nodeMajor of a device node
 * @param nodeMinor of a device node
 */
public record FileStat(
    int mode,
    int uid,
    int gid,
    int links,
    long inode,
    long size,
    long blocks,
    long device,
    int nodeMajor,
    int nodeMinor,
    Instant accessed,
    Instant modified,
    Instant changed) {
  /** Mask of the type in a mode. */
  public static final int TYPE_MASK = 0170000;

  /** Type socket. */
  public static final int SOCKET = 0140000;

  /** Type symbolic link. */
  public static final int SYMLINK = 0120000;

  /** Type regular file. */
  public static final int REGULAR = 0100000;

  /** Type block device. */
  public static final int BLOCK = 0060000;

  /** Type directory. */
  public static final int DIRECTORY = 0040000;

  /** Type character device. */
  public static final int CHARACTER = 0020000;

  /** Type named pipe. */
  public static final int FIFO = 0010000;

  /** The type, one of the constants here. */
  public int type() {
    return mode & TYPE_MASK;
  }

  /** The permission bits with set-id and sticky bits. */
  public int permissions() {
    return mode & 07777;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return type() == DIRECTORY;
  }

  /** Whether it is a regular file. */
  public boolean isRegular() {
    return type() == REGULAR;
  }

  /** Whether it is a symbolic link. */
  public boolean isSymlink() {
    return type() == SYMLINK;
  }

  /** Whether it marks a deleted file of a lower layer: a character device 0:0 as overlayfs does. */
  public boolean isOverlayWhiteout() {
    return type() == CHARACTER && nodeMajor == 0 && nodeMinor == 0;
  }

  /** Whether both are the same file. */
  public boolean isSameFile(FileStat other) {
    return inode == other.inode && device == other.device;
  }

  /** Reads the structure that {@code statx} left; its layout is the same on every architecture. */
  static FileStat read(Scratch scratch) {
    return new FileStat(
        scratch.shortAt(28),
        scratch.intAt(20),
        scratch.intAt(24),
        scratch.intAt(16),
        scratch.longAt(32),
        scratch.longAt(40),
        scratch.longAt(48),
        ((long) scratch.intAt(136) << 32) | (scratch.intAt(140) & 0xffffffffL),
        scratch.intAt(128),
        scratch.intAt(132),
        time(scratch, 64),
        time(scratch, 112),
        time(scratch, 96));
  }

  private static Instant time(Scratch scratch, int offset) {
    return Instant.ofEpochSecond(scratch.longAt(offset), scratch.intAt(offset + 8));
  }
}
