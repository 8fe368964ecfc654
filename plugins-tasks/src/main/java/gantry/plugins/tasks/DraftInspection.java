// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bundles that were half made or half removed, and work directories without bundle. What this life
 * of the daemon made counts only after so long that nobody can be at work on it.
 */
final class DraftInspection {
  static final String DRAFT = "bundle-draft";
  static final String WORK = "work-directory";

  private static final Duration WORK_MAX = Duration.ofMinutes(10);

  private final BundleLayout layout;
  private final Era era;
  private final Trees trees;

  DraftInspection(BundleLayout layout, Era era, Trees trees) {
    this.layout = layout;
    this.era = era;
    this.trees = trees;
  }

  List<Finding> inspect() throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Path base : List.of(layout.state(), layout.root())) {
      for (Path namespace : children(base)) {
        for (Path path : children(namespace)) {
          if (layout.isHidden(path) && isLeft(path)) {
            findings.add(finding(DRAFT, path, "it was half made or half removed"));
          } else if (base.equals(layout.root()) && isWorkLeft(path)) {
            findings.add(finding(WORK, path, "there is no bundle it belongs to"));
          }
        }
      }
    }
    return findings;
  }

  private Finding finding(String kind, Path path, String reason) throws IOException {
    return new Finding(
        kind, path.toString(), changed(path), Finding.UNKNOWN, owner(path), reason, "delete it");
  }

  /** The task a path of the layout belongs to. */
  String owner(Path path) {
    String name = String.valueOf(path.getFileName());
    String namespace = String.valueOf(path.resolveSibling("").getFileName());
    if (!layout.isHidden(path)) {
      return namespace + "/" + name;
    }
    // ids may have dots in them; what follows is .‹era›.‹unique›
    String[] words = name.substring(1).split("\\.", -1);
    int count = Math.max(1, words.length - 2);
    return namespace + "/" + String.join(".", List.of(words).subList(0, count));
  }

  /** Whether a hidden path is nobody's any more. */
  boolean isLeft(Path hidden) {
    return !layout.isOf(era, hidden) || isOld(hidden);
  }

  private boolean isWorkLeft(Path work) {
    Path bundle = layout.state().resolve(layout.root().relativize(work));
    return !layout.isHidden(work)
        && !Files.exists(bundle, LinkOption.NOFOLLOW_LINKS)
        && (isBefore(work, era.began()) || isOld(work));
  }

  private static boolean isOld(Path path) {
    return isBefore(path, Instant.now().minus(WORK_MAX));
  }

  private static boolean isBefore(Path path, Instant moment) {
    try {
      Instant changed = changed(path);
      return changed != null && changed.isBefore(moment);
    } catch (IOException e) {
      return false;
    }
  }

  /** When a path got its name or its content; null if it is gone. */
  static @Nullable Instant changed(Path path) throws IOException {
    try {
      FileTime time = (FileTime) Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
      return time.toInstant();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  void mend(String kind, Path path) throws IOException {
    boolean isOurs =
        List.of(layout.state(), layout.root()).stream()
            .anyMatch(base -> base.equals(path.resolve("../..").normalize()));
    if (!isOurs) {
      throw new InvalidArgumentException("mend %s %s: not a path of bundles".formatted(kind, path));
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean isLeft =
        kind.equals(DRAFT)
            ? layout.isHidden(path) && isLeft(path)
            : path.startsWith(layout.root()) && isWorkLeft(path);
    if (!isLeft) {
      throw new FailedPreconditionException("delete %s: it is somebody's".formatted(path));
    }
    trees.remove(path);
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return children;
  }
}
