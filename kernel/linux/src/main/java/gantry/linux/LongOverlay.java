// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Overlays with so many layers that their options do not fit into the one page that {@code
 * mount(2)} takes: the lower directories are named relative to the directory they share. That needs
 * a working directory of its own, which a thread of its own has. Where that is too long too, newer
 * kernels take them one by one.
 */
final class LongOverlay {
  /** Options of this length or more, in characters, are shortened. */
  static final int LIMIT = 4096 - 512;

  /** Read-only, without set-id, devices, programs: the same numbers for all calls. */
  static final int SAME_ATTRIBUTES = 1 | 2 | 4 | 8;

  private static final int PAGE = 4096;
  private static final int CLONE_FS = 0x200;
  private static final String LOWER = "lowerdir=";

  private LongOverlay() {}

  static void mount(String source, Path point, MountOptions options) throws IOException {
    List<String> data = new ArrayList<>(options.data());
    int at = indexOfLower(data);
    if (at < 0) {
      throw tooLong(point);
    }
    List<String> lower = Arrays.asList(data.get(at).substring(LOWER.length()).split(":", -1));
    Path shared = sharedDirectory(lower);
    List<String> relative =
        lower.stream().map(dir -> shared.relativize(Path.of(dir)).toString()).toList();
    data.set(at, LOWER + String.join(":", relative));
    String text = String.join(",", data);
    if (text.length() >= PAGE) {
      oneByOne(source, point, options);
      return;
    }
    Path absolute = point.toAbsolutePath();
    inDirectory(shared, () -> Mounts.call(source, absolute, "overlay", options.flags(), text));
  }

  private static void oneByOne(String source, Path point, MountOptions options) throws IOException {
    String what = "mount overlay at %s with options longer than a page".formatted(point);
    try (FsContext context = FsContext.open("overlay", what)) {
      context.set("source", source);
      for (String option : options.data()) {
        if (option.startsWith(LOWER)) {
          for (String layer : option.substring(LOWER.length()).split(":", -1)) {
            context.set("lowerdir+", layer);
          }
        } else {
          context.option(option);
        }
      }
      context.mount(point, options.flags() & SAME_ATTRIBUTES);
    }
  }

  private static int indexOfLower(List<String> data) {
    for (int i = 0; i < data.size(); i++) {
      if (data.get(i).startsWith(LOWER)) {
        return i;
      }
    }
    return -1;
  }

  static Path sharedDirectory(List<String> directories) {
    Path shared = parentOf(Path.of(directories.getFirst()));
    for (String directory : directories) {
      while (!Path.of(directory).startsWith(shared)) {
        shared = parentOf(shared);
      }
    }
    return shared;
  }

  private static Path parentOf(Path path) {
    Path parent = path.getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private static IOException tooLong(Path point) {
    return new IOException("mount overlay at " + point + ": options longer than a page");
  }

  private static void inDirectory(Path directory, Action action) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("mount")
        .start(
            () -> {
              try {
                LibC.check(LibC.unshare(CLONE_FS), "unshare working directory");
                LibC.check(LibC.chdir(LibC.string(directory.toString())), "change to " + directory);
                action.run();
                done.complete(null);
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }
}
