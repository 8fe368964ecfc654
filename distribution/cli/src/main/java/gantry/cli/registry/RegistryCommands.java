// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Word;
import java.util.List;

/** Commands about registries. */
public final class RegistryCommands {
  private RegistryCommands() {}

  /** Below {@code registry}. */
  public static List<Word> registry() {
    return List.of(
        Word.leaf(
            "test", "ask every host of a reference and show its answers", RegistryCheck::new));
  }

  /** Below {@code content}: what this process itself fetches and pushes. */
  public static List<Word> content() {
    return List.of(
        Word.leaf("fetch", "fetch all blobs of an image, without unpacking", ContentFetch::new),
        Word.leaf("fetch-object", "print the document a reference points to", ObjectFetch::new),
        Word.leaf("fetch-blob", "print blobs of a repository", BlobFetch::new),
        Word.leaf("push-object", "push one blob to a repository", ObjectPush::new));
  }
}
