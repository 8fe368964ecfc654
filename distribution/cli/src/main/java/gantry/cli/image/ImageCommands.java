// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Word;
import java.util.List;

/** Commands about images. */
public final class ImageCommands {
  private ImageCommands() {}

  /** Below {@code images}. */
  public static List<Word> words() {
    return List.of(
        Word.leaf("check", "show which images are complete and unpacked", ImagesCheck::new),
        Word.leaf("convert", "make an image from another one", ImageConvert::new),
        Word.leaf("export", "write images to an archive", ImageExport::new),
        Word.leaf("import", "load images from an archive", ImageImport::new),
        Word.leaf("inspect i", "show all that an image consists of", ImageInspect::new),
        Word.leaf("ls list", "list images", ImagesList::new),
        Word.leaf("mount", "mount an image's filesystem", ImageMount::new),
        Word.leaf("unmount", "take such a mount away", ImageUnmount::new),
        Word.leaf("prune", "remove images that no container uses", ImagesPrune::new),
        Word.leaf("usage", "show what an image's snapshots take up", ImageUsage::new),
        Word.leaf("rm delete del remove", "remove images by name", ImageRemove::new),
        Word.leaf("tag", "give an image further names", ImageTag::new),
        Word.leaf("label", "set and clear labels", ImageLabel::new));
  }
}
