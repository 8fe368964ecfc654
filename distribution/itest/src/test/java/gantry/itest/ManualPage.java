// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fenced blocks of a page of the manual, in order. */
final class ManualPage {
  private static final String FENCE = "```";

  /**
   * A block.
   *
   * @param info what stands behind the opening fence
   * @param line of the page where it begins
   */
  record Block(String info, int line, String text) {
    /** Commands to run. */
    boolean isCommands() {
      return info.equals("sh");
    }

    /** What the commands before it print, among other lines. */
    boolean isOutput() {
      return info.equals("text");
    }

    /** A file as it is there: the second word is its path. */
    boolean isFile() {
      return info.startsWith("java ");
    }

    String path() {
      return info.substring(info.indexOf(' ') + 1);
    }
  }

  private ManualPage() {}

  static List<Block> blocks(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    String info = "";
    int begin = 0;
    int number = 0;
    for (String line : Files.readAllLines(page)) {
      number++;
      if (begin == 0 && line.startsWith(FENCE)) {
        begin = number;
        info = line.substring(FENCE.length()).strip();
      } else if (begin > 0 && line.equals(FENCE)) {
        blocks.add(new Block(info, begin, text.toString()));
        text.setLength(0);
        begin = 0;
      } else if (begin > 0) {
        text.append(line).append('\n');
      }
    }
    return blocks;
  }
}
