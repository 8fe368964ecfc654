// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Images of several layers with known content, made by umoci. Image {@code i} has the layers {@code
 * 0 … i + 1}, so that they share what images of one family share.
 */
final class LayeredImages {
  private static final int FILES_PER_LAYER = 40;

  private final Path home;
  private final Shell shell = new Shell(Map.of(), Duration.ofMinutes(2));
  private final List<Path> trees = new ArrayList<>();

  private LayeredImages(Path home) {
    this.home = home;
  }

  /**
   * Makes them.
   *
   * @param layerBytes size of the one large file in each layer; it does not compress
   */
  static LayeredImages make(Path home, int images, int layerBytes, long seed) throws IOException {
    LayeredImages made = new LayeredImages(home);
    Random random = new Random(seed);
    made.sh("umoci init --layout %s".formatted(made.layout()));
    made.sh("umoci new --image %s:base".formatted(made.layout()));
    made.layer("base", "0", layerBytes, random);
    for (int i = 0; i < images; i++) {
      made.sh(
          "umoci tag --image %1$s:%2$s %3$s".formatted(made.layout(), i == 0 ? "base" : i - 1, i));
      made.layer(Integer.toString(i), Integer.toString(i + 1), layerBytes, random);
    }
    return made;
  }

  /** How many there are. */
  int count() {
    return trees.size() - 1;
  }

  /** Pushes all to a registry as {@code <name>:<i>}. */
  void push(Registry registry, String name) {
    for (int i = 0; i < count(); i++) {
      sh(
          "skopeo --insecure-policy copy -q --dest-tls-verify=false oci:%s:%d docker://%s/%s:%d"
              .formatted(layout(), i, registry.host(), name, i));
    }
  }

  /** An OCI archive of one image under a name. */
  Path archive(int image, String name) {
    Path archive = home.resolve("image" + image + ".tar");
    sh(
        "skopeo --insecure-policy copy -q oci:%s:%d oci-archive:%s:%s"
            .formatted(layout(), image, archive, name));
    return archive;
  }

  /** A script that fails unless a directory shows what an image holds. */
  String check(int image, Path mounted) {
    StringBuilder script = new StringBuilder("set -e\n");
    for (int layer = 0; layer <= image + 1; layer++) {
      script.append("diff -r %s %s/layer%d\n".formatted(trees.get(layer), mounted, layer));
    }
    return script.append("test $(ls %s | wc -l) = %d\n".formatted(mounted, image + 2)).toString();
  }

  private Path layout() {
    return home.resolve("layout");
  }

  private void layer(String image, String name, int bytes, Random random) throws IOException {
    Path tree = Files.createDirectories(home.resolve("tree" + name));
    byte[] large = new byte[bytes];
    random.nextBytes(large);
    Files.write(tree.resolve("large"), large);
    for (int i = 0; i < FILES_PER_LAYER; i++) {
      Files.writeString(
          tree.resolve("small" + i), "%s %d %d%n".formatted(name, i, random.nextInt()));
    }
    trees.add(tree);
    sh("umoci insert --image %s:%s %s /layer%s".formatted(layout(), image, tree, name));
  }

  private void sh(String script) {
    Shell.Result result = shell.bash(script);
    if (result.exitCode() != 0) {
      throw new AssertionError(script + ": " + result.all());
    }
  }
}
