// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * What a jar says of itself, if it keeps to how plugins are built: it exports nothing, and depends
 * on packages of the floor only.
 *
 * @param name symbolic name
 * @param components entries of component descriptions, may have {@code *} in the file name
 */
record ManifestCheck(String name, Version version, List<String> components) {
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*)");
  private static final String COMPONENTS = "Service-Component";

  /**
   * Checks a manifest.
   *
   * @throws Refusal if it is no bundle's, or no plugin's
   */
  static ManifestCheck of(JarFile jar) throws Refusal {
    Attributes headers = headers(jar);
    if (!"2".equals(value(headers, Constants.BUNDLE_MANIFESTVERSION).strip())) {
      throw Refusal.jar("it is no bundle: its manifest has no Bundle-ManifestVersion 2");
    }
    String name = name(headers);
    Version version = version(headers);
    forbid(headers, Constants.FRAGMENT_HOST, "it is a fragment of %s; a plugin stands alone");
    forbid(headers, Constants.EXPORT_PACKAGE, "it exports %s; a plugin exports nothing");
    forbid(
        headers,
        Constants.REQUIRE_BUNDLE,
        "it requires bundle %s; plugins meet through contracts, packages come from the floor");
    forbid(
        headers,
        Constants.DYNAMICIMPORT_PACKAGE,
        "it imports %s when it is needed; what a plugin needs must be known before it starts");
    for (String clause : clauses(value(headers, Constants.IMPORT_PACKAGE))) {
      if (clause.replace(" ", "").replace("\"", "").contains("resolution:=optional")) {
        throw Refusal.jar(
            "its import of %s is optional; what a plugin needs must be known before it starts"
                .formatted(clause.split(";", 2)[0].strip()));
      }
    }
    List<String> components =
        clauses(value(headers, COMPONENTS)).stream().map(entry -> entry.split(";", 2)[0]).toList();
    if (components.isEmpty()) {
      throw Refusal.jar("it holds no component: its manifest has no Service-Component");
    }
    return new ManifestCheck(name, version, components);
  }

  /** The clauses of a header, split at commas outside of quotes. */
  static List<String> clauses(@Nullable String header) {
    List<String> clauses = new ArrayList<>();
    StringBuilder clause = new StringBuilder();
    boolean quoted = false;
    for (char c : (header == null ? "" : header).toCharArray()) {
      quoted ^= c == '"';
      if (c == ',' && !quoted) {
        add(clauses, clause);
      } else {
        clause.append(c);
      }
    }
    add(clauses, clause);
    return clauses;
  }

  private static void add(List<String> clauses, StringBuilder clause) {
    String text = clause.toString().strip();
    clause.setLength(0);
    if (!text.isEmpty()) {
      clauses.add(text);
    }
  }

  private static Attributes headers(JarFile jar) throws Refusal {
    try {
      Manifest manifest = jar.getManifest();
      if (manifest == null) {
        throw Refusal.jar("it is no bundle: it has no manifest");
      }
      return manifest.getMainAttributes();
    } catch (IOException e) {
      throw Refusal.jar("its manifest cannot be read: %s".formatted(e.getMessage()));
    }
  }

  private static String name(Attributes headers) throws Refusal {
    List<String> clauses = clauses(value(headers, Constants.BUNDLE_SYMBOLICNAME));
    if (clauses.isEmpty()) {
      throw Refusal.jar("it is no bundle: its manifest has no Bundle-SymbolicName");
    }
    Matcher matcher = NAME.matcher(clauses.getFirst().split(";", 2)[0].strip());
    if (clauses.size() != 1 || !matcher.matches()) {
      throw Refusal.jar(
          "its Bundle-SymbolicName \"%s\" is none: want letters, digits, dots, dashes"
              .formatted(value(headers, Constants.BUNDLE_SYMBOLICNAME)));
    }
    return matcher.group(1);
  }

  private static Version version(Attributes headers) throws Refusal {
    String text = value(headers, Constants.BUNDLE_VERSION);
    if (text.isBlank()) {
      throw Refusal.jar("its manifest has no Bundle-Version");
    }
    try {
      return Version.parseVersion(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.jar(
          "its Bundle-Version \"%s\" is none: want 1.2.3 or 1.2.3.text".formatted(text));
    }
  }

  private static void forbid(Attributes headers, String header, String reason) throws Refusal {
    List<String> clauses = clauses(value(headers, header));
    if (!clauses.isEmpty()) {
      throw Refusal.jar(reason.formatted(clauses.getFirst().split(";", 2)[0].strip()));
    }
  }

  private static String value(Attributes headers, String name) {
    String value = headers.getValue(name);
    return value == null ? "" : value;
  }
}
