// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

/** Elements of SVG 1.1, one a line, with all text escaped. */
final class Svg {
  private final StringBuilder text = new StringBuilder();
  private int depth;

  /** Opens an element. */
  Svg open(String name, Object... attributes) {
    indent().append('<').append(name).append(attributes(attributes)).append(">\n");
    depth++;
    return this;
  }

  /** Closes what was opened last under this name. */
  Svg close(String name) {
    depth--;
    indent().append("</").append(name).append(">\n");
    return this;
  }

  /** An element without content. */
  Svg leaf(String name, Object... attributes) {
    indent().append('<').append(name).append(attributes(attributes)).append("/>\n");
    return this;
  }

  /** An element of text. */
  Svg text(String name, String content, Object... attributes) {
    indent()
        .append('<')
        .append(name)
        .append(attributes(attributes))
        .append('>')
        .append(escape(content))
        .append("</")
        .append(name)
        .append(">\n");
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private StringBuilder indent() {
    return text.repeat(' ', 2 * depth);
  }

  /** Names and values in turn. */
  private static String attributes(Object... attributes) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      all.append(' ')
          .append(attributes[i])
          .append("=\"")
          .append(escape(attributes[i + 1].toString()))
          .append('"');
    }
    return all.toString();
  }

  /** What XML 1.0 does not allow at all becomes a question mark. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(isAllowed(c) ? c : '?');
              }
            });
    return escaped.toString();
  }

  private static boolean isAllowed(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
