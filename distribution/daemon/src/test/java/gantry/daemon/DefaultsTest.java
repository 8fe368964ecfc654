// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultsTest {
  @TempDir Path directory;

  @Test
  void toml_listsKeysAsUsersWriteThem() throws IOException {
    Defaults defaults = new Defaults();
    defaults.read(Jar.read(bundle()));

    assertThat(defaults.toml())
        .endsWith(
            """
            [plugins.'x.v1.a']
            mount_options = ["a", "b"]
            pause_threshold = 0.02
            sync_remove = false
            """);
  }

  @Test
  void exports_ofBundle_areThoseOfItsManifest() throws IOException {
    Jar jar = Jar.read(bundle());

    assertThat(jar.name()).isEqualTo("a.bundle");
    assertThat(jar.exports())
        .containsEntry("p", Set.of("1.7.0", "2.0.0"))
        .containsEntry("q", Set.of("0.0.0"))
        .hasSize(2);
  }

  @Test
  void split_leavesQuotedSeparatorsAlone() {
    assertThat(Clauses.split("a;uses:=\"x,y\",b", ',')).isEqualTo(List.of("a;uses:=\"x,y\"", "b"));
  }

  private Path bundle() throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Bundle-SymbolicName", "a.bundle;singleton:=true");
    attributes.putValue("Export-Package", "p;uses:=\"q,r\";version=\"2.0.0\",p;version=1.7.0,q");
    attributes.putValue("Service-Component", "OSGI-INF/a.xml");
    Path jar = directory.resolve("a.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new JarEntry("OSGI-INF/a.xml"));
      out.write(
          """
          <component name="x.v1.a">
            <property name="plugin" value="x.v1.a"/>
            <property name="plugin.requires" value="y"/>
            <property name="syncRemove" type="Boolean" value="false"/>
            <property name="pauseThreshold" type="Double" value="0.02"/>
            <property name="mountOptions" type="String">
              a
              b
            </property>
          </component>
          """
              .getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }
}
