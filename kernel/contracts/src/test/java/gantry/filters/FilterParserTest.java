// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterParserTest {
  private static final Map<String, String> OBJECT =
      Map.of(
          "name", "docker.io/library/busybox:latest",
          "labels|foo", "bar",
          "labels|very complex, label", "some thing",
          "labels|empty", "",
          "size", "123",
          "weird", "tab\there \u00e9");

  private static Optional<String> field(List<String> path) {
    return Optional.ofNullable(OBJECT.get(String.join("|", path)));
  }

  private static boolean matches(String... filters) {
    return FilterParser.parse(List.of(filters)).matches(FilterParserTest::field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "name",
        "labels.foo",
        "labels.\"foo\"==bar",
        "labels.\"very complex, label\"==\"some thing\"",
        "name==docker.io/library/busybox:latest",
        "name == docker.io/library/busybox:latest",
        "name==docker.io/library/busybox:latest, labels.foo",
        "name!=x",
        "nothing!=x",
        "nothing~=^$",
        "name~=busy",
        "name~=/^docker\\\\.io\\/library/",
        "name~=|library/busybox|",
        "name~=\"lib.*:latest$\"",
        "size==123",
        "labels.empty",
        "weird==\"tab\\there \\u00e9\"",
        "weird==\"tab\\x09here \\303\\251\"",
      })
  void selector_thatHolds_matches(String filter) {
    assertThat(matches(filter)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "nothing==\"\"",
        "name==docker",
        "labels.foo!=bar",
        "name~=^busy",
        "name~=(",
        "name,nothing",
        "name~=/[/",
      })
  void selector_thatDoesNotHold_doesNotMatch(String filter) {
    assertThat(matches(filter)).isFalse();
  }

  @Test
  void strings_areAlternatives() {
    assertThat(matches("nothing", "name")).isTrue();
    assertThat(matches("nothing", "size==1")).isFalse();
    assertThat(matches()).isTrue();
    assertThat(matches("nothing", "")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "name== # [name==]: expected value or quoted",
        "name=x # [name >|=|< x]: unsupported operator \"=\"",
        "name===x # [name >|=|< ==x]: unsupported operator \"===\"",
        "name==foo bar # [name==foo >| |< bar]: unexpected input:  ",
        "name,,x # [name, >|,|< x]: expected field or quoted",
        "name, # [name,]: expected field or quoted",
        "name x # [name  >|x|< ]: expected an operator (\"==\"|\"!=\"|\"~=\")",
        "a..b # [a. >|.|< b]: expected field or quoted",
        "labels.\"foo # [labels. >|\"|< foo]: quoted literal not terminated",
        "labels.\"f\\q\" # [labels. >|\"|< f\\q\"]: illegal escape sequence",
        "labels.\"f\\x1\" # [labels. >|\"|< f\\x1\"]: illegal numeric escape sequence",
        "name==/foo/ # [name== >|/|< foo/]: invalid quote encountered",
        "labels./foo/ # [labels. >|/|< foo/]: invalid quote encountered",
        "name==.x # [name== >|.|< x]: expected value or quoted",
      })
  void parse_ofMalformedFilter_showsWhere(String filter, String message) {
    assertThatThrownBy(() -> FilterParser.parse(List.of(filter)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("filters: parse error: " + message.stripTrailing());
  }

  @Test
  void regex_thatBacktracksWithoutEnd_matchesNothing() {
    Filter filter = FilterParser.parse(List.of("name~=\"^(a|a|aa)+$\""));
    String hard = "a".repeat(60) + "!";

    assertThat(filter.matches(path -> Optional.of(hard))).isFalse();
  }

  @Test
  void regex_thatNeedsTooDeepAStack_matchesNothing() {
    Filter filter = FilterParser.parse(List.of("name~=\"^(a|b)*$\""));
    String longName = "ab".repeat(100_000);

    assertThat(filter.matches(path -> Optional.of(longName))).isFalse();
  }
}
