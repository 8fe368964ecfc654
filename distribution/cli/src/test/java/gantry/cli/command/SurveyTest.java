// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SurveyTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void oneNamespace_hasNoColumnForIt() throws Exception {
    Survey survey = new Survey(invocation(Map.of()));
    List<Found<String>> found = survey.ask(client -> List.of(client.namespace(), "b"));
    assertThat(survey.print(found, listing())).isZero();
    survey.names(found, word -> word);
    assertThat(printed()).containsExactly("NAME    SIZE", "mine    4", "b       1", "mine", "b");
  }

  @Test
  void allNamespaces_areToldApartInEveryForm() {
    List<Found<String>> found = List.of(new Found<>("ns1", "a"), new Found<>("ns2", "bc"));
    Survey table = new Survey(invocation(Map.of("all-namespaces", List.of("true"))));
    table.print(found, listing());
    table.names(found, word -> word);
    assertThat(printed())
        .containsExactly(
            "NAMESPACE    NAME    SIZE",
            "ns1          a       1",
            "ns2          bc      2",
            "ns1 a",
            "ns2 bc");
    out.reset();
    new Survey(invocation(Map.of("all-namespaces", List.of("true"), "output", List.of("json"))))
        .print(found, listing());
    assertThat(Json.parse("output", out.toByteArray()))
        .isEqualTo(
            Json.parse(
                "wanted",
                """
                [{"namespace": "ns1", "name": "a", "size": 1},
                 {"namespace": "ns2", "name": "bc", "size": 2}]
                """
                    .getBytes(StandardCharsets.UTF_8)));
  }

  private static Listing<String> listing() {
    return new Listing<String>()
        .column("NAME", word -> word)
        .column("SIZE", word -> Integer.toString(word.length()), String::length);
  }

  private List<String> printed() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private Invocation invocation(Map<String, List<String>> options) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Invocation(
        new Settings(Path.of("/nonexistent"), "mine", Duration.ofSeconds(1), false, false),
        new Arguments(options, List.of()),
        new Console(InputStream.nullInputStream(), stream, stream),
        Map.of());
  }
}
