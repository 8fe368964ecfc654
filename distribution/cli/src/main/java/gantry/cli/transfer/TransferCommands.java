// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Word;
import java.util.List;

/** Commands that move images. */
public final class TransferCommands {
  private TransferCommands() {}

  /** Below {@code images}. */
  public static List<Word> words() {
    return List.of(
        Word.leaf("pull", "take an image from a registry", ImagePull::new),
        Word.leaf("push", "give an image to a registry", ImagePush::new));
  }
}
