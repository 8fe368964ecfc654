// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import gantry.linux.files.Directory;
import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounts that show files with other owners than the disk has, {@code mount_setattr(2)} of Linux
 * 5.12 and later; overlays on such need 5.19. Needs {@code unshare(1)}.
 */
public final class IdMappedMounts {
  private static final long OPEN_TREE = 428;
  private static final long MOVE_MOUNT = 429;
  private static final long MOUNT_SETATTR = 442;
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_RECURSIVE = 0x8000;
  private static final int CLONE = 1;
  private static final int CLOEXEC = 02000000;
  private static final int MOVE_EMPTY_PATH = 4;
  private static final long ATTR_RDONLY = 1;
  private static final long ATTR_IDMAP = 0x100000;
  private static final long PRIVATE = 1L << 18;
  private static final int ATTR_SIZE = 32;
  private static final String LOWER = "lowerdir=";

  private IdMappedMounts() {}

  /**
   * Whether overlays on layers of this directory can be shown so; tries it with one.
   *
   * @param directory on the filesystem of the layers
   */
  public static boolean areSupported(Path directory) throws IOException {
    Path trial = Files.createTempDirectory(directory, "idmap-");
    try {
      for (String name : List.of("lower", "upper", "work", "merged")) {
        Files.createDirectory(trial.resolve(name));
      }
      List<String> options =
          List.of(
              "uidmap=0:100000:1",
              "gidmap=0:100000:1",
              "workdir=" + trial.resolve("work"),
              "upperdir=" + trial.resolve("upper"),
              LOWER + trial.resolve("lower"));
      Mounts.mount(Mount.of("overlay", "overlay", options), trial.resolve("merged"));
      Mounts.detach(trial.resolve("merged"));
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      try (Directory holder = Directory.open(directory)) {
        holder.removeTree(String.valueOf(trial.getFileName()));
      }
    }
  }

  static void mount(Mount mount, Path point, MountOptions options, IdMappings ids)
      throws IOException {
    boolean overlay = mount.type().equals("overlay");
    if (!overlay && !options.has(MountOptions.BIND)) {
      throw new IOException(
          "mount %s at %s with other owners: only bind mounts and overlays can"
              .formatted(mount.type(), point));
    }
    try (Fd namespace = UserNamespaces.create(ids)) {
      if (overlay) {
        overlay(mount, point, options, namespace);
      } else {
        boolean recursive = options.has(MountOptions.REC);
        long attributes = options.flags() & LongOverlay.SAME_ATTRIBUTES;
        show(Path.of(mount.source()), point, namespace, attributes, recursive);
      }
    }
  }

  /**
   * The layers below are shown so; the changes of the container have the host's owners already.
   * What shows the layers is only needed until the overlay holds on to it.
   */
  private static void overlay(Mount mount, Path point, MountOptions options, Fd namespace)
      throws IOException {
    List<String> data = new ArrayList<>(options.data());
    int at = 0;
    while (at < data.size() && !data.get(at).startsWith(LOWER)) {
      at++;
    }
    if (at == data.size()) {
      throw new IOException("mount overlay at %s: no lowerdir".formatted(point));
    }
    List<String> lower = List.of(data.get(at).substring(LOWER.length()).split(":", -1));
    Path shared = LongOverlay.sharedDirectory(lower);
    Path shown = Files.createTempDirectory("gantry-idmap-");
    try {
      show(shared, shown, namespace, ATTR_RDONLY, false);
      try {
        List<String> moved =
            lower.stream()
                .map(layer -> shown.resolve(shared.relativize(Path.of(layer))).toString())
                .toList();
        data.set(at, LOWER + String.join(":", moved));
        Mounts.mount(mount, point, options.withData(data));
      } finally {
        Mounts.detach(shown);
      }
    } finally {
      Files.delete(shown);
    }
  }

  private static void show(
      Path source, Path point, Fd namespace, long attributes, boolean recursive)
      throws IOException {
    int depth = recursive ? AT_RECURSIVE : 0;
    String what = "show %s with other owners at %s".formatted(source, point);
    try (Texts texts = new Texts(source, point);
        Fd tree =
            new Fd(
                call(
                    what,
                    LibC.syscall(
                        OPEN_TREE, AT_FDCWD, texts.source(), CLONE | CLOEXEC | depth, 0, 0)));
        Fd.Use use = tree.use();
        Fd.Use owners = namespace.use();
        Memory attr = LibC.memory(ATTR_SIZE)) {
      attr.setLong(0, ATTR_IDMAP | attributes);
      attr.setLong(16, PRIVATE);
      attr.setLong(24, owners.number());
      call(
          what,
          LibC.syscall(
              MOUNT_SETATTR,
              use.number(),
              texts.empty(),
              AT_EMPTY_PATH | depth,
              Pointer.nativeValue(attr),
              ATTR_SIZE));
      call(
          what,
          LibC.syscall(
              MOVE_MOUNT, use.number(), texts.empty(), AT_FDCWD, texts.point(), MOVE_EMPTY_PATH));
    }
  }

  private static int call(String what, long result) throws IOException {
    return LibC.check((int) result, what);
  }

  /** Strings of C by their addresses. */
  private static final class Texts implements AutoCloseable {
    private final Memory memory;
    private final int second;

    Texts(Path source, Path point) {
      byte[] from = LibC.string(source.toString());
      byte[] to = LibC.string(point.toString());
      memory = LibC.memory(from.length + to.length);
      memory.write(0, from, 0, from.length);
      memory.write(from.length, to, 0, to.length);
      second = from.length;
    }

    long source() {
      return Pointer.nativeValue(memory);
    }

    long empty() {
      return source() + second - 1;
    }

    long point() {
      return source() + second;
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
