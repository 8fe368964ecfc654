// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.List;
import java.util.function.Supplier;

/** A word of the command line. */
public sealed interface Word {
  /** Its names, the usual one first. */
  List<String> names();

  /** One line for the help of the word above. */
  String summary();

  /** The usual name. */
  default String name() {
    return names().getFirst();
  }

  /** A word that does something. */
  record Leaf(List<String> names, String summary, Supplier<Command> command) implements Word {}

  /**
   * A word that wants another one after it.
   *
   * @param carried options with a value that may stand before the next word though they belong to
   *     it
   */
  record Branch(
      List<String> names, String summary, Supplier<List<Word>> words, List<String> carried)
      implements Word {
    /** The same with such options. */
    public Branch carrying(String... options) {
      return new Branch(names, summary, words, List.of(options));
    }
  }

  /** Names are separated by a space. */
  static Word leaf(String names, String summary, Supplier<Command> command) {
    return new Leaf(List.of(names.split(" ", -1)), summary, command);
  }

  /** Names are separated by a space. */
  static Branch branch(String names, String summary, Supplier<List<Word>> words) {
    return new Branch(List.of(names.split(" ", -1)), summary, words, List.of());
  }
}
