// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
  private static final String HEX =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest",
    "busybox:1.36, docker.io/library/busybox:1.36",
    "a/b, docker.io/a/b:latest",
    "docker.io/busybox, docker.io/library/busybox:latest",
    "index.docker.io/a/b:1, docker.io/a/b:1",
    "localhost/a:2, localhost/a:2",
    "reg:5000/a, reg:5000/a:latest",
    "Host/a, Host/a:latest",
    "a@sha256:" + HEX + ", docker.io/library/a@sha256:" + HEX,
    "a:1@sha256:" + HEX + ", docker.io/library/a@sha256:" + HEX,
  })
  void name_isWrittenInFull(String name, String full) {
    assertThat(ImageName.normalized(name)).isEqualTo(full);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io/library/busybox:latest, busybox:latest",
    "docker.io/library/busybox, busybox:latest",
    "docker.io/a/b:1, a/b:1",
    "docker.io/library/a/b:1, library/a/b:1",
    "quay.io/a/b, quay.io/a/b:latest",
    "quay.io/a@sha256:" + HEX + ", quay.io/a@sha256:" + HEX,
  })
  void name_isShortened(String full, String familiar) {
    assertThat(ImageName.familiar(full)).isEqualTo(familiar);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io/library/busybox:latest, latest",
    "reg:5000/a:2, 2",
    "reg:5000/a, reg:5000/a",
    "busybox:1, busybox:1",
    "quay.io/a@sha256:" + HEX + ", quay.io/a@sha256:" + HEX,
    "quay.io/a:3@sha256:" + HEX + ", 3@sha256:" + HEX,
  })
  void refName_isTag(String name, String ref) {
    assertThat(ImageName.refName(name)).isEqualTo(ref);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "UPPER", "a/B", "a:", "a@sha256:12", "a//b", "-a", "a/", "a:.x", "/a"})
  void nonsense_isRefused(String name) {
    assertThatThrownBy(() -> ImageName.normalized(name))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("invalid reference format");
  }
}
