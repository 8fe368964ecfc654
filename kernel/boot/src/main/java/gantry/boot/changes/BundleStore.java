// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Version;

/**
 * The jars that win over those that ship, and the ones before them. A jar wins by a rename and is
 * on disk before: whenever the daemon is killed, its next start finds the old one or the new one,
 * whole. Not safe for concurrent use but for {@link #winning}.
 */
final class BundleStore {
  private static final int KEPT_MAX = 3;
  private static final String JAR = ".jar";
  private static final Pattern KEPT = Pattern.compile("([0-9]+)-(.*)\\.jar");

  private final Path directory;
  private final Path incoming;

  BundleStore(Path directory) {
    this.directory = directory;
    this.incoming = directory.resolve("incoming");
  }

  /** Removes what a killed daemon left half done. */
  void clean() throws IOException {
    if (Files.isDirectory(incoming)) {
      try (Stream<Path> files = Files.walk(incoming)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The directory for jars that nobody decided on yet. */
  Path incoming() throws IOException {
    return Files.createDirectories(incoming);
  }

  /** The file with what was done. */
  Path history() {
    return directory.resolve("history.jsonl");
  }

  /** The file with what was dropped. */
  Path dropped() {
    return directory.resolve("dropped.json");
  }

  /** The jar that wins for a bundle; empty if the shipped one does. */
  Optional<Path> winning(String name) {
    Path jar = directory.resolve(name + JAR);
    return Files.exists(jar) ? Optional.of(jar) : Optional.empty();
  }

  /** The jars before the one that wins, the latest first. */
  List<Path> kept(String name) throws IOException {
    Path before = before(name);
    if (!Files.isDirectory(before)) {
      return List.of();
    }
    List<Path> kept = new ArrayList<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(before, "*" + JAR)) {
      for (Path jar : jars) {
        if (number(jar) > 0) {
          kept.add(jar);
        }
      }
    }
    kept.sort(Comparator.comparingLong(BundleStore::number).reversed());
    return kept;
  }

  /**
   * Lets a jar win from the next start on.
   *
   * @param fresh is moved from {@link #incoming}
   * @param keep version of the jar that won, to keep it; null to let go of it
   */
  Placement place(String name, Path fresh, @Nullable Version keep) throws IOException {
    Path target = directory.resolve(name + JAR);
    Path aside = incoming().resolve(name + ".before");
    Path kept = null;
    Files.deleteIfExists(aside);
    if (Files.exists(target)) {
      Files.createLink(aside, target);
      if (keep != null) {
        kept = keep(name, target, keep);
      }
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
    return new Placement(target, aside, kept);
  }

  /** Lets the shipped jar win, if there is one, and forgets all others. */
  Placement clear(String name) throws IOException {
    Path target = directory.resolve(name + JAR);
    Path aside = incoming().resolve(name + ".before");
    Files.deleteIfExists(aside);
    if (Files.exists(target)) {
      Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
    }
    sync(directory);
    return new Placement(target, aside, null);
  }

  /** A change went through: keeps no more than is wanted. */
  void settle(String name, @Nullable Path used) throws IOException {
    if (used != null) {
      Files.deleteIfExists(used);
    }
    List<Path> kept = kept(name);
    boolean any = winning(name).isPresent() || used != null;
    for (int i = any ? KEPT_MAX : 0; i < kept.size(); i++) {
      Files.delete(kept.get(i));
    }
    if (!any && Files.isDirectory(before(name))) {
      Files.delete(before(name));
    }
    clean();
  }

  private Path keep(String name, Path jar, Version version) throws IOException {
    Files.createDirectories(before(name));
    List<Path> kept = kept(name);
    long number = kept.isEmpty() ? 1 : number(kept.getFirst()) + 1;
    Path target = before(name).resolve(number + "-" + version + JAR);
    Files.createLink(target, jar);
    sync(before(name));
    return target;
  }

  private Path before(String name) {
    return directory.resolve("kept").resolve(name);
  }

  /** Its place among the kept ones; zero if it is none. */
  private static long number(Path jar) {
    Matcher matcher = KEPT.matcher(String.valueOf(jar.getFileName()));
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Makes names in a directory durable. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * A jar that was let win.
   *
   * @param before the one that won before; the file is missing if none did
   * @param kept the link that keeps it; null if it is not kept
   */
  record Placement(Path target, Path before, @Nullable Path kept) {
    /** Puts all back. */
    void undo() throws IOException {
      if (Files.exists(before)) {
        Files.move(before, target, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.deleteIfExists(target);
      }
      if (kept != null) {
        Files.deleteIfExists(kept);
      }
      Path directory = target.getParent();
      if (directory != null) {
        sync(directory);
      }
    }
  }
}
