// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Every path of the store.
 *
 * @param root directory of the plugin
 */
record ContentLayout(Path root) {
  private static final String ABORTED = ".aborted-";

  /** Makes the directories and their names durable. */
  static ContentLayout create(Path root) throws IOException {
    ContentLayout layout = new ContentLayout(root);
    Files.createDirectories(layout.ingests());
    layout.makeBlobs("sha256");
    Path parent = root.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
    return layout;
  }

  Path blobs() {
    return root.resolve("blobs");
  }

  Path blobs(String algorithm) {
    return blobs().resolve(algorithm);
  }

  Path blob(Digest digest) {
    return blobs(digest.algorithm()).resolve(digest.hex());
  }

  Path ingests() {
    return root.resolve("ingest");
  }

  /** Refs are free text, so the directory is named by their hash. */
  Path ingest(String ref) {
    return ingests().resolve(Digest.sha256(ref.getBytes(StandardCharsets.UTF_8)).hex());
  }

  /** Where an aborted ingest goes until it is deleted. */
  Path aborted(Path ingest) {
    return ingests().resolve(ingest.getFileName() + ABORTED + UUID.randomUUID());
  }

  static boolean isAborted(Path ingest) {
    return String.valueOf(ingest.getFileName()).contains(ABORTED);
  }

  /** The directory of an algorithm's blobs, with the names that lead to it durable. */
  Path makeBlobs(String algorithm) throws IOException {
    Path directory = blobs(algorithm);
    Files.createDirectories(directory);
    sync(blobs());
    sync(root);
    return directory;
  }

  /** Makes the names in a directory durable. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
