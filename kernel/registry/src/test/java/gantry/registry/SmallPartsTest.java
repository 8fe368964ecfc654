// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmallPartsTest {
  @Test
  void challenges_areReadWithQuotesAndCommas() {
    assertThat(
            Challenge.parse(
                List.of(
                    "Basic realm=\"x\"",
                    "Bearer realm=\"https://a/t?x=1,2\", service=\"s \\\"q\\\"\",scope=\"a b\"")))
        .containsExactly(
            new Challenge(
                Challenge.Scheme.BEARER,
                Map.of("realm", "https://a/t?x=1,2", "service", "s \"q\"", "scope", "a b")),
            new Challenge(Challenge.Scheme.BASIC, Map.of("realm", "x")));
  }

  @Test
  void challenges_inOneHeader_areAllRead() {
    assertThat(Challenge.parse(List.of("Digest realm=d, nonce=n, BASIC Realm=b, Negotiate")))
        .containsExactly(new Challenge(Challenge.Scheme.BASIC, Map.of("realm", "b")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",,,", "Bearer", "=", "Bearer realm=\"open", "\"", "Bearer realm="})
  void challenges_thatAreMalformed_endNothing(String header) {
    assertThat(Challenge.parse(List.of(header))).hasSizeLessThan(2);
  }

  @Test
  void pauses_grow_toABound() {
    RetryPolicy policy = new RetryPolicy(9, Duration.ofMillis(100), Duration.ofMillis(350));

    assertThat(List.of(policy.pause(1), policy.pause(2), policy.pause(3), policy.pause(60)))
        .extracting(Duration::toMillis)
        .containsExactly(100L, 200L, 350L, 350L);
  }
}
