// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.provider.EchoProvider;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignersTest {
  private static final String PASSWORD = "changeit";

  /** Keys take a while to make. */
  @TempDir static Path keys;

  @TempDir Path directory;
  private Path trusted = Path.of("");

  @BeforeAll
  static void makeKeys() throws Exception {
    for (String who : List.of("maker", "stranger")) {
      key(who, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + who, "-validity", "30");
    }
    key("maker", "-exportcert", "-rfc", "-file", keys.resolve("maker.pem").toString());
  }

  @BeforeEach
  void trust() {
    trusted = keys.resolve("maker.pem");
  }

  @Test
  void jarSignedByAMaker_isRead() throws Exception {
    assertThat(read(signed("maker")).plugins()).containsExactly("test.echo.v1.plain");
  }

  @Test
  void unsignedJar_isRefused() throws Exception {
    Path jar = jar();

    assertThatThrownBy(() -> read(jar))
        .hasMessageContaining("is not signed, and the configuration wants signed plugins");
  }

  @Test
  void jarSignedByAStranger_isRefused() throws Exception {
    Path jar = signed("stranger");

    assertThatThrownBy(() -> read(jar))
        .hasMessage("it is signed by CN=stranger, who is not among those the configuration trusts");
  }

  @Test
  void entryAddedAfterwards_isRefused() throws Exception {
    Path jar = signed("maker");
    edit(jar, "extra.txt");

    assertThatThrownBy(() -> read(jar)).hasMessageContaining("extra.txt is not signed");
  }

  @Test
  void entryChangedAfterwards_isRefused() throws Exception {
    Path jar = signed("maker");
    edit(jar, "OSGI-INF/test.echo.v1.plain.xml");

    assertThatThrownBy(() -> read(jar)).hasMessageContaining("its signature does not hold");
  }

  @Test
  void certificatesThatCannotBeRead_letNobodyIn() throws Exception {
    Path jar = signed("maker");
    trusted = directory.resolve("none.pem");

    assertThatThrownBy(() -> read(jar)).hasMessageContaining("cannot be read");
  }

  private BundleJar read(Path jar) throws Refusal {
    return new JarReader(new Signers(trusted::toString)).read(jar, "");
  }

  private Path jar() throws Exception {
    return new BundleBuilder("echo")
        .plugin("test.echo.v1.plain", EchoProvider.class, "init=\"1\"", "")
        .write(directory.resolve("echo.jar"));
  }

  private Path signed(String who) throws Exception {
    Path jar = jar();
    run("jarsigner", List.of("-keystore", store(), "-storepass", PASSWORD, jar.toString(), who));
    return jar;
  }

  private static void edit(Path jar, String entry) throws Exception {
    try (FileSystem zip =
            FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.<String, Object>of());
        OutputStream out = Files.newOutputStream(zip.getPath(entry))) {
      out.write('x');
    }
  }

  private static void key(String who, String command, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command, "-alias", who));
    arguments.addAll(List.of("-keystore", store(), "-storepass", PASSWORD));
    arguments.addAll(List.of(more));
    run("keytool", arguments);
  }

  private static String store() {
    return keys.resolve("keys.p12").toString();
  }

  private static void run(String program, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", program).toString());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
