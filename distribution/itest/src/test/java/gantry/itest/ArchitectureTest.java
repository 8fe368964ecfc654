// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import gantry.plugins.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may import whom, over the compiled classes of every module. */
class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> ARE_ROOMS =
      DescribedPredicate.describe(
          "rooms", type -> type.getPackageName().startsWith("gantry.plugins."));

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

  /** The server's listeners that have given way outlive their bundle, so the framework has them. */
  @Test
  void osgi_isUsedInBootLauncherShellAndServerOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "gantry.boot..",
            "gantry.launcher..",
            "gantry.plugins.shell..",
            "gantry.plugins.server..")
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

  /** It would be the one that was there when the room started, and keep its class loader. */
  @Test
  void rooms_keepNoObjectOfAnotherPlugin() {
    fields()
        .that()
        .areDeclaredInClassesThat(ARE_ROOMS)
        .and()
        .areNotDeclaredIn("gantry.plugins.grpc.OpenIngest") // lets go of it with its stream
        .should(
            ArchCondition.from(
                HasType.Predicates.rawType(
                        DescribedPredicate.describe(
                            "a contract", type -> type.isAnnotatedWith(Contract.class)))
                    .<JavaField>forSubtype()
                    .negate()
                    .as("be kept as handles, not as contracts")))
        .check(classes);
  }

  /** What is static outlives the room's instance, and may keep its class loader. */
  @Test
  void rooms_haveNoStaticMachinery() {
    fields()
        .that()
        .areDeclaredInClassesThat(ARE_ROOMS)
        .and()
        .areStatic()
        .should(
            ArchCondition.from(
                HasType.Predicates.rawType(
                        DescribedPredicate.describe("machinery", ArchitectureTest::isMachinery))
                    .<JavaField>forSubtype()
                    .negate()
                    .as("be constants")))
        .check(classes);
  }

  private static boolean isMachinery(JavaClass type) {
    return type.isAssignableTo(ThreadLocal.class)
        || type.isAssignableTo(Thread.class)
        || type.isAssignableTo(Timer.class)
        || type.isAssignableTo(Executor.class)
        || type.isAssignableTo(ConcurrentMap.class)
        || type.getPackageName().startsWith("java.util.concurrent.atomic")
        || type.getPackageName().startsWith("java.util.concurrent.locks");
  }

  @Test
  void rooms_exportNothing() throws IOException {
    try (Stream<Path> jars = Files.list(Daemon.installed().resolve("plugins"))) {
      for (Path path : jars.filter(jar -> jar.toString().endsWith(".jar")).toList()) {
        try (JarFile jar = new JarFile(path.toFile())) {
          assertThat(jar.getManifest().getMainAttributes().getValue("Export-Package"))
              .as("exports of %s", path)
              .isNull();
        }
      }
    }
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
      "gantry.networks",
      "gantry.doctor",
      "gantry.metrics",
      "gantry.sandboxes",
      "gantry.streaming",
      "gantry.transfer"
    };
  }
}
