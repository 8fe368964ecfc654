// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads component descriptions (OSGi Compendium, chapter 112.4) as far as it matters before they
 * run: names, plugins, classes.
 */
final class ComponentXml {
  private final XMLInputFactory factory = XMLInputFactory.newDefaultFactory();

  ComponentXml() {
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
  }

  /**
   * The components in a description.
   *
   * @param entry its name in the bundle
   * @throws XMLStreamException if it is not well formed
   */
  List<Declared> read(String entry, InputStream content) throws XMLStreamException {
    List<Declared> components = new ArrayList<>();
    XMLStreamReader reader = factory.createXMLStreamReader(content);
    Draft draft = null;
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        String element = reader.getLocalName();
        if (element.equals("component")) {
          draft = new Draft(attribute(reader, "name"));
        } else if (draft != null && element.equals("property")) {
          draft.property(attribute(reader, "name"), attribute(reader, "value"));
        } else if (draft != null && element.equals("implementation")) {
          draft.implementation = attribute(reader, "class");
        }
      } else if (event == XMLStreamConstants.END_ELEMENT
          && draft != null
          && reader.getLocalName().equals("component")) {
        components.add(draft.finish(entry));
        draft = null;
      }
    }
    return components;
  }

  private static String attribute(XMLStreamReader reader, String name) {
    String value = reader.getAttributeValue(null, name);
    return value == null ? "" : value;
  }

  /** A component half read. */
  private static final class Draft {
    private final String name;
    private String plugin = "";
    private boolean exclusive;
    private String implementation = "";

    Draft(String name) {
      this.name = name;
    }

    void property(String property, String value) {
      switch (property) {
        case "plugin" -> plugin = value;
        case "plugin.exclusive" -> exclusive = Boolean.parseBoolean(value);
        default -> {}
      }
    }

    Declared finish(String entry) {
      String known = name.isEmpty() ? implementation : name;
      return new Declared(entry, known, plugin, exclusive, implementation);
    }
  }
}
