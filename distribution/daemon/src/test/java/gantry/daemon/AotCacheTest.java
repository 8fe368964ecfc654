// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A JVM with an AOT cache runs the code of the cache; the scripts must never let that be old code.
 */
class AotCacheTest {
  private static final String SCRIPT =
      """
      set -eu
      home=%s program=probe
      . "$home/lib/gantry/java.sh"
      find_java
      find_classes
      find_aot
      echo "aot=${aot%%%%=*}"
      "$java_home/bin/java" $aot -cp "$class_path" Probe
      """;

  private static final String NOTE =
      """
      home=%s program=probe
      . "$home/lib/gantry/java.sh"
      find_java
      find_classes
      note_aot
      """;

  @TempDir static Path trained;
  @TempDir Path directory;
  private Path home;

  @BeforeAll
  static void train() throws Exception {
    Path lib = Files.createDirectories(trained.resolve("lib/gantry"));
    Files.copy(Path.of("files/lib/gantry/java.sh"), lib.resolve("java.sh"));
    Files.writeString(lib.resolve("probe.classpath"), "lib/gantry/probe.jar\n");
    jar(lib.resolve("probe.jar"), "one");
    run(trained, Map.of("AOT_TRAINING_DIRECTORY", lib.toString()), SCRIPT);
    assertThat(lib.resolve("probe.aot")).isNotEmptyFile();
  }

  @BeforeEach
  void install() throws Exception {
    home = directory.resolve("home");
    run(trained, Map.of(), "cp -r %s " + home);
    run(home, Map.of(), NOTE);
  }

  @Test
  void cacheOfThisCode_isUsed() throws Exception {
    assertThat(run(home, Map.of(), SCRIPT)).contains("aot=-XX:AOTCache", "one");
  }

  @Test
  void cacheOfOtherCode_isNotUsed() throws Exception {
    Path jar = home.resolve("lib/gantry/probe.jar");
    FileTime time = Files.getLastModifiedTime(jar);
    long size = Files.size(jar);
    jar(jar, "two");
    Files.setLastModifiedTime(jar, time);
    assertThat(jar).hasSize(size);

    List<String> lines = run(home, Map.of(), SCRIPT);

    assertThat(lines).contains("two").doesNotContain("aot=-XX:AOTCache");
  }

  @Test
  void cacheOfCopiedTree_isUsedOnceItWasRead() throws Exception {
    Path copy = directory.resolve("copy");
    run(home, Map.of(), "cp -r %s " + copy);

    assertThat(run(copy, Map.of(), SCRIPT)).contains("aot=-XX:AOTCache", "one");
    assertThat(copy.resolve("lib/gantry/probe.aot.stamp"))
        .content()
        .isNotEqualTo(Files.readString(home.resolve("lib/gantry/probe.aot.stamp")));
  }

  @Test
  void copiedTreeWithOtherCode_runsTheOtherCode() throws Exception {
    Path copy = directory.resolve("copy");
    run(home, Map.of(), "cp -r %s " + copy);
    jar(copy.resolve("lib/gantry/probe.jar"), "two");

    assertThat(run(copy, Map.of(), SCRIPT)).contains("two").doesNotContain("aot=-XX:AOTCache");
  }

  private static List<String> run(Path home, Map<String, String> environment, String script)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", script.formatted(home)).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.lines().toList();
  }

  private static void jar(Path jar, String answer) throws IOException {
    Path classes = Files.createDirectories(trained.resolve("classes-" + answer));
    Path source =
        Files.writeString(
            classes.resolve("Probe.java"),
            "public class Probe { public static void main(String[] a) { System.out.println(\"%s\"); } }"
                .formatted(answer));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, "-d", classes.toString(), source.toString()))
        .isZero();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      // So that both jars are of one size and only their content tells them apart.
      out.setLevel(Deflater.NO_COMPRESSION);
      out.putNextEntry(new JarEntry("Probe.class"));
      out.write(Files.readAllBytes(classes.resolve("Probe.class")));
    }
  }
}
