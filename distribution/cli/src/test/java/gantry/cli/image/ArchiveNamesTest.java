// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.cli.command.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ArchiveNamesTest {
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  @ParameterizedTest
  @CsvSource({
    "busybox,docker.io/library/busybox:latest",
    "me/app:1,docker.io/me/app:1",
    "localhost/x,localhost/x:latest",
    "host:5000/x:y,host:5000/x:y",
    "quay.io/a/b@sha256:1,quay.io/a/b@sha256:1"
  })
  void shortNames_areCompleted(String name, String full) {
    assertThat(ArchiveNames.normalized(name)).isEqualTo(full);
  }

  @Test
  void fullName_winsOverTag() {
    assertThat(
            new ArchiveNames("base", false, false, false)
                .ofIndex(
                    index(
                        "io.containerd.image.name\":\"x.io/a:1\",\"org.opencontainers.image.ref.name\":\"1"))
                .getFirst()
                .names())
        .containsExactly("x.io/a:1");
  }

  @Test
  void tag_isPutBehindTheBase() {
    assertThat(
            new ArchiveNames("foo/bar", true, false, false)
                .ofIndex(index("org.opencontainers.image.ref.name\":\"v1"))
                .getFirst()
                .names())
        .containsExactly("foo/bar:v1");
  }

  @Test
  void base_keepsOthersOut() {
    JsonNode index = index("io.containerd.image.name\":\"x.io/a:1");
    assertThat(new ArchiveNames("foo", true, false, false).ofIndex(index)).isEmpty();
    assertThat(new ArchiveNames("foo", true, true, false).ofIndex(index).getFirst().names())
        .containsExactly("foo@" + DIGEST);
  }

  @Test
  void subjectOfAnother_isNoImage() {
    assertThat(
            new ArchiveNames("b", false, true, false)
                .ofIndex(index("io.containerd.manifest.subject\":\"" + DIGEST)))
        .isEmpty();
  }

  private static JsonNode index(String annotation) {
    String text =
        """
        {"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,
        "digest":"%s","annotations":{"%s"}}]}
        """
            .formatted(DIGEST, annotation);
    return Json.parse("index", text.getBytes(StandardCharsets.UTF_8));
  }
}
