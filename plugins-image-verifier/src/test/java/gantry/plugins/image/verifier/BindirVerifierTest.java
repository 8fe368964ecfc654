// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.image.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.transfer.ImageVerifier.Judgement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BindirVerifierTest {
  private static final Descriptor TARGET =
      Descriptor.of(
          MediaTypes.OCI_MANIFEST, Digest.sha256("x".getBytes(StandardCharsets.UTF_8)), 17);

  @TempDir Path home;

  @Test
  void noDirectory_letsEveryImagePass() throws Exception {
    assertThat(verifier(home.resolve("none"), 10).verify("a/b:c", TARGET).ok()).isTrue();
  }

  @Test
  void program_isToldNameDigestAndDescriptor() throws Exception {
    program("tell", "echo \"$@\"; cat");

    Judgement judgement = verifier(home, 10).verify("a/b:c", TARGET);

    assertThat(judgement.ok()).isTrue();
    assertThat(judgement.reason())
        .isEqualTo(
            "tell => -name a/b:c -digest %1$s -stdin-media-type %2$s\n{\"mediaType\":\"%3$s\",\"digest\":\"%1$s\",\"size\":17}"
                .formatted(
                    TARGET.digest(),
                    "application/vnd.oci.descriptor.v1+json",
                    MediaTypes.OCI_MANIFEST));
  }

  @Test
  void oneThatRefuses_decides() throws Exception {
    program("a", "echo fine");
    program("b", "echo not signed; exit 3");
    program("c", "touch " + home.resolve("asked"));

    Judgement judgement = verifier(home, 10).verify("a/b:c", TARGET);

    assertThat(judgement)
        .isEqualTo(new Judgement(false, "verifier b rejected image (exit code 3): not signed"));
    assertThat(home.resolve("asked")).doesNotExist();
  }

  @Test
  void moreThanTheMost_areNotAsked() throws Exception {
    program("a", "echo fine");
    program("b", "exit 1");

    assertThat(verifier(home, 1).verify("a/b:c", TARGET))
        .isEqualTo(new Judgement(true, "a => fine"));
    assertThat(verifier(home, -1).verify("a/b:c", TARGET).ok()).isFalse();
  }

  @Test
  void muchOutput_isCut() throws Exception {
    program("a", "head -c 1000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero >&2");

    String reason = verifier(home, 10).verify("a/b:c", TARGET).reason();

    assertThat(reason).hasSizeLessThan(40_000).endsWith("x(truncated)");
  }

  @Test
  void programThatHangs_isKilledWithWhatItStarted() throws Exception {
    Path child = home.resolve("child");
    program("a", "sleep 1000 & echo $! > " + child + "; wait");
    BindirVerifier verifier = new BindirVerifier(home, 10, Duration.ofMillis(700));

    assertThatThrownBy(() -> verifier.verify("a/b:c", TARGET))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("killed after");
    long pid = Long.parseLong(Files.readString(child).strip());
    ProcessHandle.of(pid).ifPresent(p -> p.onExit().join());
  }

  @Test
  void fileThatCannotBeRun_endsThePull() throws Exception {
    Files.writeString(home.resolve("a"), "no program");

    assertThatThrownBy(() -> verifier(home, 10).verify("a/b:c", TARGET))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("make it executable");
  }

  private static BindirVerifier verifier(Path directory, int most) {
    return new BindirVerifier(directory, most, Duration.ofSeconds(20));
  }

  private void program(String name, String script) throws IOException {
    Path file = home.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
