// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link OracleTest}, with the {@code ctr} and the containerd of version 2: it has the daemon
 * move images, by streams and the transfer service.
 */
class OracleTwoTest {
  @TempDir static Path home;

  private static Registry registry;
  private static Registry closed;
  private static Path programs;

  @BeforeAll
  static void startRegistries() throws IOException {
    programs = peer("containerd-2");
    registry = Registry.start(home.resolve("registry"));
    closed = Registry.startWithPassword(home.resolve("closed"));
    Path busybox = Daemon.installed().resolve("share/gantry/busybox.tar");
    registry.push(busybox, "busybox:latest");
    closed.push(busybox, "busybox:latest");
    registry.pushAll(twoPlatforms(busybox), "both", "both:latest");
  }

  /** Where {@code cnf/bin/peers} put a newer containerd; without it the tests are skipped. */
  private static Path peer(String name) throws IOException {
    Path peers = Path.of(System.getProperty("gantry.sources", ".")).resolve("build/peers");
    Path programs = peers.resolve(name).resolve("usr/bin");
    Path missing = peers.resolve(name + ".missing");
    String reason =
        Files.exists(missing) ? Files.readString(missing).strip() : "run cnf/bin/setup --tests";
    assumeTrue(
        Files.isExecutable(programs.resolve("ctr")), "SKIPPED: needs " + name + ": " + reason);
    return programs;
  }

  /** The image for this platform, and what says that it is for another. */
  private static Path twoPlatforms(Path archive) {
    Path layout = home.resolve("layout");
    Shell.Result made =
        new Shell(Map.of("ARCHIVE", archive.toString(), "L", layout.toString()), MINUTE)
            .bash(
                """
                set -e
                skopeo --insecure-policy copy -q oci-archive:$ARCHIVE oci:$L:one
                cd $L/blobs/sha256
                put() { local d; d=$(sha256sum < $1 | cut -d' ' -f1); mv $1 $d; echo $d; }
                entry() {
                  echo "{\\"mediaType\\":\\"application/vnd.oci.image.manifest.v1+json\\",\\"digest\\":\\"sha256:$1\\","
                  echo "\\"size\\":$(stat -c %s $1),\\"platform\\":{\\"os\\":\\"linux\\",\\"architecture\\":\\"$2\\"}}"
                }
                one=$(grep -o '"digest":"sha256:[0-9a-f]*' ../../index.json | cut -d: -f3)
                config=$(grep -o '"config":{[^}]*' $one | grep -o 'sha256:[0-9a-f]*' | cut -d: -f2)
                here=$(grep -o '"architecture":"[a-z0-9]*"' $config | cut -d'"' -f4)
                sed "s/\\"architecture\\":\\"$here\\"/\\"architecture\\":\\"riscv64\\"/" $config > c
                size=$(stat -c %s c); other=$(put c)
                sed -E "s/(\\"config\\":\\{[^}]*sha256:)[0-9a-f]*/\\1$other/" $one > m
                sed -i -E "s/(\\"config\\":\\{[^}]*\\"size\\":)[0-9]+/\\1$size/" m
                two=$(put m)
                echo "{\\"schemaVersion\\":2,\\"mediaType\\":\\"application/vnd.oci.image.index.v1+json\\"," > i
                echo "\\"manifests\\":[$(entry $one $here),$(entry $two riscv64)]}" >> i
                size=$(stat -c %s i); index=$(put i)
                cat > ../../index.json << E
                {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",
                "digest":"sha256:$index","size":$size,"annotations":{"org.opencontainers.image.ref.name":"both"}}]}
                E
                """);
    if (made.exitCode() != 0) {
      throw new AssertionError("cannot make an image for two platforms: " + made.all());
    }
    return layout;
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @AfterAll
  @SuppressWarnings("NullAway") // not started where containerd 2 is missing
  static void stopRegistries() {
    if (closed != null) {
      closed.close();
      registry.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> ctrTwo_againstGantry_looksAsAgainstContainerdTwo() throws Exception {
    Path scenario = Path.of(Objects.requireNonNull(getClass().getResource("/scenario2")).toURI());
    return new Oracle(
            Scenario.read(scenario),
            home,
            Map.of(
                "CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS", "1",
                "BASH_ENV", scenario.resolve("functions.sh").toString(),
                "REGISTRY", registry.host(),
                "CLOSED", closed.host(),
                "IMAGE", registry.host() + "/busybox:latest"))
        .compare(
            directory -> Daemon.containerd(directory).with(programs),
            directory -> Daemon.gantry(directory).with(programs));
  }
}
