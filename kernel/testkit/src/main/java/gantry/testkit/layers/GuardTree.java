// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A tree that must not change, and everything known of it at the beginning. */
public final class GuardTree {
  private static final String ATTRIBUTES =
      "unix:mode,uid,gid,nlink,ino,size,lastModifiedTime,ctime";

  private final Path root;
  private final Map<String, String> before;

  private GuardTree(Path root, Map<String, String> before) {
    this.root = root;
    this.before = before;
  }

  /** Makes one with a file, a directory and a link in it, and remembers them. */
  public static GuardTree make(Path root) throws IOException {
    Files.createDirectories(root.resolve("directory"));
    Files.writeString(root.resolve("secret"), "secret");
    Files.writeString(root.resolve("directory/file"), "file");
    Files.createSymbolicLink(root.resolve("link"), Path.of("secret"));
    return new GuardTree(root, facts(root));
  }

  /** Where it is. */
  public Path root() {
    return root;
  }

  /** Fails if anything is other than it was: names, content, owners, modes, times, numbers. */
  public void assertUntouched() throws IOException {
    assertThat(facts(root)).isEqualTo(before);
  }

  private static Map<String, String> facts(Path root) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        String content =
            Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                ? Arrays.toString(Files.readAllBytes(path))
                : "";
        facts.put(
            path.toString(),
            new TreeMap<>(Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS))
                + content);
      }
    }
    return facts;
  }
}
