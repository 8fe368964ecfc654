// SPDX-License-Identifier: Apache-2.0
package gantry.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void length_isCountedInBytes() {
    assertThat(Labels.of(Map.of("k", "v".repeat(4095))).map()).hasSize(1);
    assertThatThrownBy(() -> Labels.of(Map.of("k", "v".repeat(4096))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("(4097 bytes) greater than maximum size (4096 bytes), key: k");
    assertThatThrownBy(() -> Labels.of(Map.of("k", "\u00e9".repeat(2048))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("(4097 bytes)");
  }

  @Test
  void longKey_isShownByItsBeginning() {
    assertThatThrownBy(() -> Labels.none().with("k".repeat(5000), "v"))
        .hasMessageEndingWith("key: " + "k".repeat(64));
  }

  @Test
  void emptyValue_removesTheLabel() {
    Labels labels = Labels.of(Map.of("a", "1", "b", ""));

    assertThat(labels.map()).containsExactly(Map.entry("a", "1"));
    assertThat(labels.with("a", "").map()).isEmpty();
    assertThat(labels.withAll(Map.of("a", "", "c", "3")).map())
        .containsExactly(Map.entry("c", "3"));
  }
}
