// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Mounts in the namespace of this process, {@code mount(2)} and {@code umount2(2)}. Errors are
 * {@link ErrnoException}s. Safe for concurrent use.
 */
public final class Mounts {
  private static final int DETACH = 2;
  private static final int NOFOLLOW = 8;

  private Mounts() {}

  /**
   * Makes one mount at {@code target}, or below it if the mount says so; symbolic links on the way
   * down cannot leave {@code target}.
   */
  public static void mount(Mount mount, Path target) throws IOException {
    Path point = ScopedPath.resolve(target, mount.target());
    MountOptions options = MountOptions.parse(mount.options());
    if (options.ids() != null) {
      IdMappedMounts.mount(mount, point, options, options.ids());
    } else {
      mount(mount, point, options);
    }
  }

  static void mount(Mount mount, Path point, MountOptions options) throws IOException {
    if (!options.has(MountOptions.REMOUNT) || !options.data().isEmpty()) {
      first(mount, point, options);
    }
    if (options.propagation() != 0) {
      call("", point, "", options.propagation(), "");
    }
    if (options.has(MountOptions.BIND | MountOptions.RDONLY)) {
      // the kernel ignores "read-only" while it makes a bind mount
      call("", point, "", options.flags() | MountOptions.REMOUNT, "");
    }
  }

  /** Makes them in order; after a failure those made are taken away again. */
  public static void mountAll(List<Mount> mounts, Path target) throws IOException {
    Deque<Path> made = new ArrayDeque<>();
    try {
      for (Mount mount : mounts) {
        mount(mount, target);
        made.push(ScopedPath.resolve(target, mount.target()));
      }
    } catch (IOException | RuntimeException e) {
      for (Path point : made) {
        try {
          detach(point);
        } catch (IOException failed) {
          e.addSuppressed(failed);
        }
      }
      throw e;
    }
  }

  /** Takes away the topmost mount at this path; fails if it is busy. */
  public static void unmount(Path target) throws IOException {
    LibC.check(LibC.umount2(LibC.string(target.toString()), NOFOLLOW), "unmount " + target);
  }

  /** Takes the topmost mount at this path out of sight now, and away once nobody uses it. */
  public static void detach(Path target) throws IOException {
    LibC.check(LibC.umount2(LibC.string(target.toString()), NOFOLLOW | DETACH), "detach " + target);
  }

  /** Takes away all mounts at this path; no error if there are none, or no such path. */
  public static void unmountAll(Path target) throws IOException {
    while (true) {
      try {
        detach(target);
      } catch (ErrnoException e) {
        if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
          return;
        }
        throw e;
      }
    }
  }

  /** Takes away all mounts at this path and below it, deepest first. */
  public static void unmountRecursive(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    List<Path> points =
        list().stream()
            .map(MountEntry::target)
            .filter(point -> point.startsWith(absolute))
            .distinct()
            .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
            .toList();
    for (Path point : points) {
      unmountAll(point);
    }
  }

  /**
   * All mounts this process sees, in the kernel's order: of two at one path the later is on top.
   */
  public static List<MountEntry> list() throws IOException {
    return MountEntry.readAll(Path.of("/proc/self/mountinfo"));
  }

  /** Whether something is mounted exactly here. */
  public static boolean isMountPoint(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    return list().stream().anyMatch(entry -> entry.target().equals(absolute));
  }

  private static void first(Mount mount, Path point, MountOptions options) throws IOException {
    String data = String.join(",", options.data());
    if (mount.type().equals("overlay") && data.length() >= LongOverlay.LIMIT) {
      LongOverlay.mount(mount.source(), point, options);
      return;
    }
    call(mount.source(), point, mount.type(), options.flags(), data);
  }

  static void call(String source, Path point, String type, int flags, String data)
      throws IOException {
    int result =
        LibC.mount(
            LibC.string(source),
            LibC.string(point.toString()),
            LibC.string(type),
            flags,
            LibC.string(data));
    if (result < 0) {
      throw LibC.failure(describe(source, point, type, flags));
    }
  }

  private static String describe(String source, Path point, String type, int flags) {
    String kind = (flags & MountOptions.BIND) != 0 ? "bind" : type;
    String what = (flags & MountOptions.REMOUNT) != 0 ? "remount" : "mount " + kind;
    return what + (source.isEmpty() ? "" : " " + source) + " at " + point;
  }
}
