// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.testkit.registry.Fault;
import gantry.testkit.registry.FaultyRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gantry images pull} and {@code push}, as a person uses them. */
@Timeout(180)
class GantryTransferTest {
  @TempDir static Path home;

  private static Registry registry;
  private static Registry closed;
  private static Daemon daemon;
  private static Shell shell;

  @BeforeAll
  static void start() {
    registry = Registry.start(home.resolve("registry"));
    closed = Registry.startWithPassword(home.resolve("closed"));
    Path busybox = Daemon.installed().resolve("share/gantry/busybox.tar");
    registry.push(busybox, "busybox:latest");
    closed.push(busybox, "busybox:latest");
    daemon = Daemon.gantry(home.resolve("d")).start();
    shell =
        daemon.shell(
            Map.of(
                "IMAGE", registry.host() + "/busybox:latest",
                "REGISTRY", registry.host(),
                "CLOSED", closed.host(),
                "WORK", home.toString()));
  }

  @AfterAll
  @SuppressWarnings("NullAway") // not started if something before it failed
  static void stop() {
    if (daemon != null) {
      daemon.close();
    }
    closed.close();
    registry.close();
  }

  @Test
  void pulledImage_runs() {
    Shell.Result result =
        shell.bash(
            "gantry images pull --plain-http --print-chainid $IMAGE"
                + " && gantry run --rm $IMAGE pulled echo hello");

    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.output())
        .contains("Resolving from ")
        .contains("Completed pull from ")
        .containsPattern("image chain ID: sha256:[0-9a-f]{64}")
        .endsWith("hello\n");
    assertThat(shell.bash("gantry leases ls -q").output()).isEmpty();
  }

  @Test
  void pullAsJson_isOneObjectALine() {
    Shell.Result result =
        shell.bash("gantry -n json images pull --plain-http --output json $IMAGE");

    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.output().lines())
        .allSatisfy(line -> assertThat(line).startsWith("{\"event\":").endsWith("}"))
        .anySatisfy(line -> assertThat(line).contains("\"event\":\"saved\""))
        .last()
        .asString()
        .contains("Completed pull");
  }

  @Test
  void pullOnATerminal_showsBars() {
    Shell.Result result =
        shell.bash(
            "script -qec 'stty cols 120; gantry -n bars images pull --plain-http '$IMAGE"
                + " /dev/null");

    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.output())
        .contains("\u001b[")
        .containsPattern("layer-[0-9a-f]{12} .*")
        .contains("[========================================]")
        .contains("Completed pull from ");
  }

  @Test
  void password_isGivenOrTakenFromDockersConfiguration() throws Exception {
    Files.createDirectories(home.resolve("docker"));
    Files.writeString(
        home.resolve("docker/config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
            .formatted(
                closed.host(),
                Base64.getEncoder().encodeToString("bob:secret".getBytes(StandardCharsets.UTF_8))));
    Shell.Result none = shell.bash("gantry images pull --plain-http $CLOSED/busybox:latest");
    Shell.Result given =
        shell.bash("gantry images pull --plain-http -u bob:secret $CLOSED/busybox:latest");
    Shell.Result kept =
        shell.bash(
            "DOCKER_CONFIG=$WORK/docker gantry -n kept images pull --plain-http"
                + " $CLOSED/busybox:latest");

    assertThat(none.exitCode()).isOne();
    assertThat(none.errors()).contains("authorization").doesNotContain("\tat ");
    assertThat(given.exitCode()).as(given.all()).isZero();
    assertThat(kept.exitCode()).as(kept.all()).isZero();
    assertThat(none.all() + given.all() + kept.all()).doesNotContain("secret");
  }

  @Test
  void pushedImage_isTheSame() {
    Shell.Result result =
        shell.bash(
            """
            set -e
            gantry -n push images pull --plain-http $IMAGE > /dev/null
            gantry -n push images push --plain-http -u bob:secret $CLOSED/pushed:1 $IMAGE
            skopeo inspect --tls-verify=false --creds bob:secret docker://$CLOSED/pushed:1 | grep Digest
            skopeo inspect --tls-verify=false docker://$IMAGE | grep Digest
            """);

    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.output()).contains("Completed push to ");
    assertThat(result.output().lines().filter(line -> line.contains("Digest")).distinct())
        .hasSize(1);
  }

  @Test
  void interruptedPull_endsInTheDaemonToo() {
    try (FaultyRegistry stalling = FaultyRegistry.start()) {
      String layer = publish(stalling);
      stalling.fault(Fault.stallAfter(50_000).on("GET", layer));
      Shell.Result result =
          shell.bash(
              """
              gantry -n stop images pull --plain-http %s/app:1 > $WORK/pull.out 2>&1 &
              pull=$!
              until gantry -n stop content active | grep -q layer-; do :; done
              kill -TERM $pull; wait $pull; echo left $?
              until [ -z "$(gantry -n stop leases ls -q)" ]; do :; done
              gantry -n stop images ls -q
              """
                  .formatted(stalling.host()));

      assertThat(result.output())
          .startsWith("left ")
          .doesNotContain("left 0")
          .doesNotContain("app:1");
    }
  }

  @Test
  void pull_goesOnWhileThePluginsUnderItAreReplaced(@TempDir Path jars) throws IOException {
    for (String name : List.of("grpc", "streaming", "transfer", "content")) {
      StampedJar.make(
          Daemon.installed().resolve("plugins/gantry.plugins." + name + ".jar"), 1, jars);
    }
    try (FaultyRegistry slow = FaultyRegistry.start()) {
      String layer = publish(slow);
      slow.fault(Fault.trickle(102_360, Duration.ofMillis(250)).on("GET", layer));
      Shell.Result result =
          shell.bash(
              """
              gantry -n swap images pull --plain-http %s/app:1 > $WORK/swap.out 2>&1 &
              pull=$!
              until gantry -n swap content active | grep -q layer-; do :; done
              for p in grpc streaming transfer content; do
                gantry shell "update %s/gantry.plugins.$p-0.1.1.jar" || echo refused
              done
              wait $pull; echo left $?
              cat $WORK/swap.out; gantry -n swap images ls -q
              """
                  .formatted(slow.host(), jars));

      assertThat(result.output()).contains("left 0").contains("/app:1\n").doesNotContain("refused");
    }
  }

  /** An image with a layer of 102,400 bytes without files; returns the layer's digest. */
  private static String publish(FaultyRegistry registry) {
    String type = "application/vnd.oci.image.layer.v1.tar";
    // two empty blocks are an archive without files
    var layer = registry.blob("app", type, new byte[102_400]);
    var config =
        registry.blob(
            "app",
            "application/vnd.oci.image.config.v1+json",
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
                .formatted(layer.digest())
                .getBytes(StandardCharsets.UTF_8));
    registry.manifest(
        "app",
        "1",
        "application/vnd.oci.image.manifest.v1+json",
        ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
             + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
             + "\"digest\":\"%s\",\"size\":%d},\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\","
             + "\"size\":%d}]}")
            .formatted(config.digest(), config.size(), type, layer.digest(), layer.size())
            .getBytes(StandardCharsets.UTF_8));
    return layer.digest().toString();
  }
}
