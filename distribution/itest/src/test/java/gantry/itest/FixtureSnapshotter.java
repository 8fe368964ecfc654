// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.osgi.service.component.annotations.Component;

/**
 * A snapshotter made for a test: the source of the template that ships, with changes. Immutable.
 *
 * @param id the last part of its URI, also its package
 * @param edits of the source, what to what
 * @param headers of the manifest beside the usual ones
 * @param interfaces it offers
 */
record FixtureSnapshotter(
    String id,
    String version,
    Map<String, String> edits,
    Map<String, String> headers,
    List<String> interfaces) {
  private static final String CLASS = "FixtureSnapshotter";
  private static final List<String> IMPORTS =
      List.of(
          "gantry.errors",
          "gantry.filters",
          "gantry.labels",
          "gantry.linux.files",
          "gantry.mounts",
          "gantry.plugins",
          "gantry.snapshots",
          "gantry.store.snapshots");

  /** One that works. */
  static FixtureSnapshotter named(String id, String version) {
    return new FixtureSnapshotter(
        id, version, Map.of(), Map.of(), List.of("gantry.snapshots.Snapshotter"));
  }

  FixtureSnapshotter replacing(String text, String by) {
    return new FixtureSnapshotter(id, version, with(edits, text, by), headers, interfaces);
  }

  FixtureSnapshotter header(String name, String value) {
    return new FixtureSnapshotter(id, version, edits, with(headers, name, value), interfaces);
  }

  FixtureSnapshotter offering(String contract) {
    List<String> more = Stream.concat(interfaces.stream(), Stream.of(contract)).toList();
    return new FixtureSnapshotter(id, version, edits, headers, more);
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    Map<String, String> changed = new TreeMap<>(map);
    changed.put(key, value);
    return changed;
  }

  String uri() {
    return "io.containerd.snapshotter.v1." + id;
  }

  /** Its symbolic name. */
  String bundle() {
    return "fixture." + id;
  }

  String description() {
    return "OSGI-INF/" + uri() + ".xml";
  }

  /** Compiles and packs it. */
  Path jar(Path directory) throws IOException {
    Path work = Files.createTempDirectory(directory, "fixture");
    compile(work);
    Path jar = directory.resolve(bundle() + "-" + version + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest());
        Stream<Path> classes = Files.walk(work.resolve("classes"))) {
      for (Path path : classes.filter(Files::isRegularFile).toList()) {
        put(out, work.resolve("classes").relativize(path).toString(), Files.readAllBytes(path));
      }
      put(out, description(), component(uri()).getBytes(StandardCharsets.UTF_8));
      put(out, "OSGI-INF/again.xml", component(uri()).getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  private void compile(Path work) throws IOException {
    Path template =
        Daemon.installed()
            .resolve("share/gantry/sdk/templates/snapshotter/src/main/java/@class@.java.template");
    String source =
        Files.readString(template)
            .replace("@class@", CLASS)
            .replace("@package@", bundle())
            .replace("@uri@", uri());
    for (Map.Entry<String, String> edit : edits.entrySet()) {
      assertThat(source).as("the template").contains(edit.getKey());
      source = source.replace(edit.getKey(), edit.getValue());
    }
    Path file = Files.writeString(work.resolve(CLASS + ".java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int status =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            classPath(),
            "-d",
            Files.createDirectory(work.resolve("classes")).toString(),
            file.toString());
    assertThat(status).as("compiling %s", source).isZero();
  }

  private static String classPath() throws IOException {
    List<String> path = new ArrayList<>();
    try (Stream<Path> jars = Files.list(Daemon.installed().resolve("lib/gantry"))) {
      jars.map(Path::toString).filter(jar -> jar.endsWith(".jar")).forEach(path::add);
    }
    try {
      path.add(
          Path.of(Component.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    return String.join(File.pathSeparator, path);
  }

  private Manifest manifest() {
    Manifest manifest = new Manifest();
    Map<String, String> all = new TreeMap<>();
    all.put("Manifest-Version", "1.0");
    all.put("Bundle-ManifestVersion", "2");
    all.put("Bundle-SymbolicName", bundle());
    all.put("Bundle-Version", version);
    all.put(
        "Import-Package",
        IMPORTS.stream()
            .map(name -> name + ";version=\"[1.0,2)\"")
            .collect(Collectors.joining(",")));
    all.put("Service-Component", description());
    all.putAll(headers);
    all.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
    return manifest;
  }

  private String component(String name) {
    String provides =
        interfaces.stream()
            .map("    <provide interface=\"%s\"/>\n"::formatted)
            .collect(Collectors.joining());
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="%1$s" immediate="true" deactivate="close" init="1">
      <property name="plugin" type="String" value="%1$s"/>
      <service>
    %2$s  </service>
      <reference name="$000" interface="gantry.plugins.PluginDirectories" parameter="0"/>
      <implementation class="%3$s.%4$s"/>
    </scr:component>
    """
        .formatted(name, provides, bundle(), CLASS);
  }
}
