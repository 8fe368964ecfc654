// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may import whom, over the compiled classes of every module. */
class ArchitectureTest {
  private static JavaClasses classes;

  @BeforeAll
  static void importModules() throws IOException {
    Path sources = Path.of(System.getProperty("gantry.sources", "."));
    try (Stream<Path> files = Files.walk(sources, 4)) {
      List<Path> modules =
          files
              .filter(p -> p.endsWith("target/classes"))
              .filter(p -> Files.isDirectory(p.resolve("gantry")))
              .map(p -> p.resolve("gantry"))
              .toList();
      classes = new ClassFileImporter().importPaths(modules);
    }
  }

  @Test
  void contracts_importTheJdkAndNothingElse() {
    noClasses()
        .that()
        .resideInAnyPackage(contracts())
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            Stream.concat(
                    Stream.of(contracts()),
                    Stream.of(
                        "java..",
                        "org.jspecify..",
                        "org.osgi.annotation..",
                        "org.osgi.service.component.annotations.."))
                .toArray(String[]::new))
        .check(classes);
  }

  @Test
  void plugins_doNotKnowOneAnother() {
    slices().assignedFrom(new ByPlugin()).should().notDependOnEachOther().check(classes);
  }

  @Test
  void jna_isUsedInLinuxOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gantry.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.jna..")
        .check(classes);
  }

  @Test
  void protobuf_isUsedByThoseOnAWireOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "gantry.wire..",
            "gantry.ttrpc..",
            "gantry.client..",
            "gantry.cli..",
            "gantry.supervisor..",
            "gantry.plugins.grpc..",
            "gantry.plugins.server..",
            "gantry.plugins.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "io.grpc..", "containerd..")
        .check(classes);
  }

  @Test
  void osgi_isUsedInBootLauncherAndShellOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("gantry.boot..", "gantry.launcher..", "gantry.plugins.shell..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.osgi.framework..", "org.apache.felix..")
        .check(classes);
  }

  @Test
  void state_isNeverStatic() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage("gantry..")
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .check(classes);
  }

  @Test
  void drawersForEverything_doNotExist() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..misc..")
        .check(classes);
  }

  /** A plugin is a package below {@code gantry.plugins}; families have one level more. */
  private static final class ByPlugin implements SliceAssignment {
    private static final Pattern PLUGIN =
        Pattern.compile("gantry\\.plugins\\.((?:snapshotter|runtime|diff)\\.\\w+|\\w+).*");

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      Matcher matcher = PLUGIN.matcher(javaClass.getPackageName());
      boolean contract = javaClass.getPackageName().equals("gantry.plugins");
      return matcher.matches() && !contract
          ? SliceIdentifier.of(matcher.group(1))
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "plugins";
    }
  }

  private static String[] contracts() {
    return new String[] {
      "gantry.errors",
      "gantry.names",
      "gantry.labels",
      "gantry.filters",
      "gantry.oci",
      "gantry.typed",
      "gantry.mounts",
      "gantry.content",
      "gantry.snapshots",
      "gantry.diff",
      "gantry.namespaces",
      "gantry.images",
      "gantry.containers",
      "gantry.leases",
      "gantry.metadata",
      "gantry.gc",
      "gantry.events",
      "gantry.runtime",
      "gantry.plugins",
      "gantry.networks"
    };
  }
}
