// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/** Explains the plugins to people. Safe for concurrent use. */
@Contract
public interface PluginGuide {
  /**
   * Why a plugin is as it is, in words, several lines.
   *
   * @param plugin its URI, or its id if only one plugin has it
   * @throws gantry.errors.NotFoundException if there is none; the message lists what is near
   */
  String why(String plugin);

  /** Who asks whom for what. */
  String graph(Format format);

  /** How a graph is drawn. */
  enum Format {
    /** Text for a terminal. */
    TREE,
    /** The language of Graphviz. */
    DOT,
    /** A picture, whole, without references to other files. */
    SVG
  }
}
