// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The configuration that components declare, defaults and all, read from the same descriptions that
 * the framework reads: the one place where a plugin's keys are written down is its own code.
 */
final class Defaults {
  private static final Set<String> TYPES_BARE =
      Set.of("Boolean", "Integer", "Long", "Short", "Double", "Float");

  private final Map<String, Map<String, String>> tables = new TreeMap<>();

  void read(Jar jar) throws IOException {
    try (JarFile file = new JarFile(jar.path().toFile())) {
      for (String component : jar.components()) {
        ZipEntry entry = file.getEntry(component);
        if (entry != null) {
          try (InputStream xml = file.getInputStream(entry)) {
            read(xml, jar.path());
          }
        }
      }
    }
  }

  String toml() {
    StringBuilder out = new StringBuilder("# What the plugins that ship declare as their keys.\n");
    tables.forEach(
        (plugin, keys) -> {
          out.append("\n[plugins.'").append(plugin).append("']\n");
          keys.forEach((key, value) -> out.append(key).append(" = ").append(value).append('\n'));
        });
    return out.toString();
  }

  private void read(InputStream xml, Path jar) throws IOException {
    try {
      Element component =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml).getDocumentElement();
      Map<String, String> keys = new TreeMap<>();
      String plugin = "";
      NodeList properties = component.getElementsByTagName("property");
      for (int i = 0; i < properties.getLength(); i++) {
        Element property = (Element) properties.item(i);
        String name = property.getAttribute("name");
        if (name.equals("plugin")) {
          plugin = property.getAttribute("value");
        } else if (isKey(name)) {
          keys.put(snake(name), value(property));
        }
      }
      if (!plugin.isEmpty() && !keys.isEmpty()) {
        tables.put(plugin, keys);
      }
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("read components of " + jar, e);
    }
  }

  /** Names with dots belong to the framework, or tell of the plugin itself. */
  private static boolean isKey(String name) {
    return !name.contains(".");
  }

  private static String snake(String name) {
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        snake.append('_');
      }
      snake.append(Character.toLowerCase(c));
    }
    return snake.toString();
  }

  private static String value(Element property) {
    String type = property.getAttribute("type");
    boolean bare = TYPES_BARE.contains(type);
    if (property.hasAttribute("value")) {
      return literal(property.getAttribute("value"), bare);
    }
    List<String> items = new ArrayList<>();
    property
        .getTextContent()
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(line -> items.add(literal(line, bare)));
    return "[" + String.join(", ", items) + "]";
  }

  private static String literal(String text, boolean bare) {
    return bare
        ? text.toLowerCase(Locale.ROOT)
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
