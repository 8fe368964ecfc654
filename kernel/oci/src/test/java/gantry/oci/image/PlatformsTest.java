// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Platform;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformsTest {
  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "Linux/X86_64, linux/amd64",
    "linux/amd64/v1, linux/amd64",
    "linux/amd64/v3, linux/amd64/v3",
    "linux/aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64/v8",
    "linux/arm64/v9, linux/arm64/v9",
    "linux/arm, linux/arm",
    "linux/arm/7, linux/arm/v7",
    "linux/armel, linux/arm/v6",
    "macos/arm64, darwin/arm64",
    "arm64, linux/arm64",
    "i386, linux/386",
    "s390x, linux/s390x",
    "freebsd/riscv64, freebsd/riscv64",
  })
  void platform_isRead(String text, String platform) {
    assertThat(Platforms.parse(text)).hasToString(platform);
  }

  @Test
  void systemAlone_isOfTheHostsArchitecture() {
    assertThat(Platforms.parse("windows"))
        .isEqualTo(new Platform("windows", Platform.host().architecture(), ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nothing", "linux/", "linux/amd64/v1/x", "linux/*", "a b/c", "/"})
  void nonsense_isRefused(String text) {
    assertThatThrownBy(() -> Platforms.parse(text))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("parse platform");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64 linux/386",
    "linux/amd64/v3, linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/386",
    "linux/arm/v7, linux/arm/v7 linux/arm/v6 linux/arm/v5",
    "linux/arm, linux/arm/v7 linux/arm/v6 linux/arm/v5",
    "linux/arm/v6, linux/arm/v6 linux/arm/v5",
    "linux/arm64, linux/arm64 linux/arm/v8 linux/arm/v7 linux/arm/v6 linux/arm/v5",
    "linux/arm64/v8.2, linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64/v8 linux/arm/v8 linux/arm",
    "linux/arm64/v9, linux/arm64/v9 linux/arm64/v8.5 linux/arm64/v8.1 linux/arm64 linux/arm/v5",
    "linux/s390x, linux/s390x",
  })
  void machine_runsOlderOnesToo_bestFirst(String machine, String images) {
    List<ImagePlatform> runnable = images(images);
    PlatformMatcher matcher = PlatformMatcher.of(List.of(Platforms.parse(machine)));

    assertThat(runnable).allMatch(matcher::matches);
    assertThat(runnable.reversed().stream().sorted(matcher.order()).toList()).isEqualTo(runnable);
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64/v2 linux/arm64 windows/amd64 linux/arm",
    "linux/arm/v6, linux/arm/v7 linux/arm64",
    "linux/arm64, linux/arm64/v8.1 linux/arm64/v9 linux/amd64",
    "linux/386, linux/amd64",
  })
  void machine_runsNoOthers(String machine, String images) {
    PlatformMatcher matcher = PlatformMatcher.of(List.of(Platforms.parse(machine)));

    assertThat(images(images)).noneMatch(matcher::matches);
  }

  @Test
  void exactMatcher_takesNoOlderOnes() {
    PlatformMatcher matcher = PlatformMatcher.exactly(List.of(Platforms.parse("linux/arm64/v8")));

    assertThat(matcher.matches(images("linux/arm64").getFirst())).isTrue();
    assertThat(matcher.matches(images("linux/arm/v7").getFirst())).isFalse();
  }

  @Test
  void severalPlatforms_areTakenInTheirOrder() {
    PlatformMatcher matcher =
        PlatformMatcher.exactly(
            List.of(Platforms.parse("linux/s390x"), Platforms.parse("linux/amd64")));

    assertThat(images("linux/arm linux/amd64 linux/s390x").stream().sorted(matcher.order()))
        .isEqualTo(images("linux/s390x linux/amd64 linux/arm"));
  }

  @Test
  void noPlatform_takesEverything() {
    assertThat(images("linux/arm windows/amd64"))
        .allMatch(PlatformMatcher.of(List.of())::matches)
        .allMatch(PlatformMatcher.exactly(List.of())::matches);
  }

  @Test
  void imageThatNeedsFeatures_doesNotMatch() {
    Platform amd64 = Platforms.parse("linux/amd64");

    assertThat(
            PlatformMatcher.of(List.of(amd64))
                .matches(new ImagePlatform(amd64, "", List.of("erofs"))))
        .isFalse();
  }

  private static List<ImagePlatform> images(String platforms) {
    return Stream.of(platforms.split(" ", -1))
        .map(Platforms::parse)
        .map(ImagePlatform::of)
        .toList();
  }
}
