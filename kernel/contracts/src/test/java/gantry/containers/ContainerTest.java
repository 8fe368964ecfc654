// SPDX-License-Identifier: Apache-2.0
package gantry.containers;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.filters.FilterParser;
import gantry.labels.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerTest {
  @Test
  void field_thatIsEmpty_isNotThereForFilters() {
    Container container =
        new Container(
            "c",
            Labels.of(Map.of("a.b", "x")),
            "",
            "io.containerd.runc.v2",
            null,
            null,
            "",
            "",
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of(),
            "");

    assertThat(matches("id==c,runtime.name~=runc,labels.\"a.b\"==x", container)).isTrue();
    assertThat(matches("image", container)).isFalse();
    assertThat(matches("image==\"\"", container)).isFalse();
    assertThat(matches("runtime", container)).isFalse();
  }

  private static boolean matches(String filter, Container container) {
    return FilterParser.parse(List.of(filter)).matches(container);
  }
}
