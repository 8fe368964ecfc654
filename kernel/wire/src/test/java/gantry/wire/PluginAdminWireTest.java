// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import io.gantry.admin.v1.JarRequest;
import io.gantry.admin.v1.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PluginAdminWireTest {
  private static final Instant THEN = Instant.parse("2026-02-03T04:05:06.000000007Z");

  @Test
  void detail_survivesTheWire() {
    PluginDetail detail =
        new PluginDetail(
            new PluginStatus(
                new PluginUri("io.test.kind.v1", "one"),
                List.of("io.test.other.v1"),
                List.of("linux/amd64"),
                Map.of("root", "/r"),
                List.of("rebase"),
                PluginStatus.State.ERROR,
                "waits"),
            true,
            THEN,
            "test.one",
            "1.2.3",
            "ab",
            List.of("a.C"),
            List.of(
                new PluginReference(
                    PluginReference.Kind.CONTRACT, "a.B", "io.x.v1.y", false, true, List.of("p")),
                new PluginReference(
                    PluginReference.Kind.CONDITION, "host.x", "", true, false, List.of())),
            "java.lang.Error: x");
    assertThat(PluginAdminWire.decode(PluginAdminWire.encode(detail))).isEqualTo(detail);
  }

  @ParameterizedTest
  @EnumSource
  void state_survivesTheWire(PluginStatus.State state) {
    PluginDetail detail =
        new PluginDetail(
            new PluginStatus(
                new PluginUri("t.v1", "i"), List.of(), List.of(), Map.of(), List.of(), state, null),
            false,
            THEN,
            "",
            "",
            "",
            List.of(),
            List.of(),
            "");
    assertThat(PluginAdminWire.decode(PluginAdminWire.encode(detail))).isEqualTo(detail);
  }

  @ParameterizedTest
  @EnumSource
  void bundle_survivesTheWire(PluginBundle.Origin origin) {
    PluginBundle bundle = new PluginBundle("a", "1", "active", origin);
    assertThat(PluginAdminWire.decode(PluginAdminWire.encode(bundle))).isEqualTo(bundle);
  }

  @ParameterizedTest
  @EnumSource
  void graphFormat_survivesTheWire(PluginGuide.Format format) {
    assertThat(PluginAdminWire.decode(PluginAdminWire.encode(format))).isEqualTo(format);
  }

  @ParameterizedTest
  @EnumSource
  void difference_survivesTheWire(ConfigDifference.Effect effect) {
    ConfigDifference difference = new ConfigDifference("a.b", "1", "", effect);
    assertThat(PluginAdminWire.decode(PluginAdminWire.encode(difference))).isEqualTo(difference);
  }

  @Test
  void handle_survivesTheWire() {
    HandleStatus handle =
        new HandleStatus("p", "c", 1, 2, 3, 4, 5, true, Duration.ofNanos(6), Duration.ofNanos(7));
    assertThat(PluginAdminWire.decode(PluginAdminWire.encode(handle))).isEqualTo(handle);
  }

  @ParameterizedTest
  @EnumSource
  void step_survivesTheWire(ChangeStep.Name name) {
    ChangeStep step = new ChangeStep(name, "all is there", Duration.ofMillis(3));
    assertThat(PluginChangeWire.decode(PluginChangeWire.answer(step).getStep())).isEqualTo(step);
  }

  @Test
  void change_survivesTheWire() {
    PluginChange change =
        new PluginChange(
            THEN,
            PluginChange.Kind.ROLLBACK,
            "b",
            List.of("p", "q"),
            "1",
            "2",
            "ab",
            PluginChange.Outcome.UNDONE,
            "check: no");
    assertThat(PluginChangeWire.decode(PluginChangeWire.answer(change).getChange()))
        .isEqualTo(change);
  }

  @Test
  void request_survivesTheWire() {
    BundleSource source = new BundleSource("/x.jar", "ab");
    JarRequest request = PluginChangeWire.encode(source, new ChangeOptions(true, false));
    assertThat(PluginChangeWire.decode(request)).isEqualTo(source);
    assertThat(PluginChangeWire.decode(request.getFlags()))
        .isEqualTo(new ChangeOptions(true, false));
    assertThat(
            PluginChangeWire.decode(
                PluginChangeWire.encode("n", new ChangeOptions(false, true)).getFlags()))
        .isEqualTo(new ChangeOptions(false, true));
  }

  @Test
  void stepOfALaterVersion_isNamed() {
    assertThatThrownBy(
            () -> PluginChangeWire.decode(StepRecord.newBuilder().setName("dance").build()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("dance");
  }
}
