// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import static gantry.plugins.explain.Sample.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginReference.Kind;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.explain.House;
import gantry.plugins.explain.Sample;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final String METADATA = "gantry.metadata.Metadata";
  private static final String A = "test.thing.v1.a";
  private static final String B = "test.thing.v1.b";
  private static final String C = "test.thing.v1.c";
  private static final Clock CLOCK =
      Clock.fixed(Sample.EPOCH.plus(Duration.ofSeconds(192)), ZoneOffset.UTC);

  private final List<PluginDetail> plugins = new ArrayList<>();
  private final List<HandleStatus> handles = new ArrayList<>();

  @Test
  void pluginThatServes_isToldWithAllAroundIt() {
    there(
        plugin(A)
            .offers("gantry.things.Things")
            .has(METADATA, B)
            .uses("gantry.net.Network")
            .reference(Kind.CONDITION, "host.thing", "", false, true, List.of())
            .reference(Kind.SERVICE, "gantry.events.EventBus", "", false, true, List.of())
            .installed("0123456789abcdef"));
    there(plugin(B).offers(METADATA));
    there(plugin(C).has("gantry.things.Things", A));
    handles.add(handle(A, 3, false));

    assertThat(why(A))
        .isEqualTo(
            """
            test.thing.v1.a serves, for 3 min 12 s (since 2026-03-01 10:00:00 Z)
              comes in:     bundle gantry.plugins.a 1.2.0, installed, sha256 0123456789ab…
              asks for:     has    gantry.metadata.Metadata, from test.thing.v1.b
                            has no gantry.net.Network (optional)
                            has    condition host.thing
                            has    gantry.events.EventBus
              offers:       gantry.things.Things
              is asked by:  test.thing.v1.c, for gantry.things.Things
              calls:        gantry.x.X: 12 ended, 3 of at most 1024 in flight, the oldest for 40 s\
            """);
  }

  @Test
  void missingContract_namesItAndThatNobodyHasIt() {
    there(plugin(A).lacks(METADATA));

    assertThat(flat(A))
        .startsWith("test.thing.v1.a waits, for 3 min 12 s (since 2026-03-01 10:00:00 Z)")
        .contains("waits for a plugin that offers gantry.metadata.Metadata; none that is installed")
        .contains("to do: install a plugin that offers it; test.thing.v1.a starts by itself")
        .contains("LACKS gantry.metadata.Metadata");
  }

  @Test
  void missingPlugin_isSaidNotToBeInstalled() {
    there(plugin(A).lacks(METADATA, B));

    assertThat(flat(A))
        .contains(
            "waits for gantry.metadata.Metadata from test.thing.v1.b, which is not installed");
  }

  @Test
  void missingHostCondition_tellsWhatTheProbeSaid() {
    there(
        plugin(A)
            .is(State.SKIP, "the kernel has no module zfs: install zfs-dkms")
            .reference(Kind.CONDITION, "host.zfs", "", false, false, List.of()));

    assertThat(flat(A))
        .startsWith("test.thing.v1.a is skipped, for 3 min 12 s")
        .contains(
            "lacks something of the host (condition host.zfs): the kernel has no module zfs:"
                + " install zfs-dkms")
        .contains("to do: give the host what the probe names");
  }

  @Test
  void conditionNobodyDeclared_isWaitedFor() {
    there(
        plugin(A)
            .waits("waits for condition host.zfs")
            .reference(Kind.CONDITION, "host.zfs", "", false, false, List.of()));

    assertThat(flat(A)).contains("waits for the condition host.zfs, which nobody has declared");
  }

  @Test
  void disabledPlugin_tellsWhichKeyDidIt() {
    there(
        plugin(A)
            .is(State.SKIP, "disabled by configuration")
            .reference(Kind.CONDITION, Reason.DISABLED, "", false, false, List.of()));

    assertThat(flat(A))
        .contains("test.thing.v1.a is disabled by configuration")
        .contains("take \"test.thing.v1.a\" out of disabled_plugins in the configuration");
  }

  @Test
  void constructorThatThrows_isToldWithCauseAndPlace() {
    there(
        plugin(A)
            .failed(
                "disk is broken",
                """
                java.lang.reflect.InvocationTargetException
                \tat java.base/jdk.internal.reflect.DirectAccessor.newInstance(Unknown Source)
                \tat org.apache.felix.scr.impl.Inject.newInstance(Inject.java:300)
                Caused by: java.io.UncheckedIOException: open things.db
                \tat test.thing.Thing.<init>(Thing.java:12)
                Caused by: java.io.IOException: disk is broken
                \tat java.base/java.nio.file.Files.open(Files.java:99)
                \tat test.thing.ThingFile.open(ThingFile.java:31)
                \t... 12 more
                """));

    assertThat(flat(A))
        .startsWith("test.thing.v1.a failed, for 3 min 12 s")
        .contains(
            "failed to start: IOException: disk is broken, at test.thing.ThingFile.open"
                + " (ThingFile.java:31)")
        .contains("[plugins.\"test.thing.v1.a\"]")
        .contains("Caused by: java.io.UncheckedIOException: open things.db");
  }

  @Test
  void chainOfThree_isFollowedToTheRoot() {
    there(plugin(A).lacks("gantry.b.B"));
    there(plugin(B).offers("gantry.b.B").lacks("gantry.c.C", C));
    there(
        plugin(C)
            .offers("gantry.c.C")
            .is(State.SKIP, "disabled by configuration")
            .since(Sample.EPOCH.plusSeconds(190))
            .reference(Kind.CONDITION, Reason.DISABLED, "", false, false, List.of()));

    assertThat(why(A))
        .contains(
            """
              because:      test.thing.v1.a waits for a plugin that offers gantry.b.B; installed:\
             test.thing.v1.b
                            test.thing.v1.b waits for gantry.c.C from test.thing.v1.c, for 3 min\
             12 s
                            test.thing.v1.c is disabled by configuration, for 2 s
              to do:        take "test.thing.v1.c" out of disabled_plugins\
            """);
    assertThat(why(B)).contains("is asked by:  test.thing.v1.a, for gantry.b.B");
  }

  @Test
  void circle_isNamed() {
    there(plugin(A).offers("gantry.a.A").lacks("gantry.b.B"));
    there(plugin(B).offers("gantry.b.B").lacks("gantry.a.A"));

    assertThat(why(A)).contains("and so on in a circle");
  }

  @Test
  void bundleThatDoesNotResolve_tellsWhatItLacks() {
    there(plugin(A).is(State.ERROR, "its bundle x lacks package no.such.thing"));

    assertThat(flat(A))
        .startsWith("test.thing.v1.a does not serve, for")
        .contains("does not serve: its bundle x lacks package no.such.thing")
        .contains("swap in a version of bundle gantry.plugins.a");
  }

  @Test
  void bundleThatIsStopped_tellsHowToStartIt() {
    there(plugin(A).is(State.ERROR, "its bundle gantry.plugins.a is stopped"));

    assertThat(flat(A)).contains("in the shell: start gantry.plugins.a");
  }

  @Test
  void pluginThatStarts_wantsPatience() {
    there(plugin(A).waits("its bundle x is starting"));

    assertThat(why(A)).contains("its bundle x is starting").contains("to do:        wait a moment");
  }

  @Test
  void breakerThatIsOpen_isSaid() {
    there(plugin(A));
    handles.add(handle(A, 1024, true));

    assertThat(why(A)).contains("1024 of at most 1024 in flight").contains("REFUSED now");
  }

  @Test
  void id_isEnoughWhereOnlyOnePluginHasIt() {
    there(plugin(A));
    there(plugin("test.other.v1.b"));
    there(plugin(B));

    assertThat(why("a")).startsWith(A);
    assertThatThrownBy(() -> why("b"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("test.other.v1.b, test.thing.v1.b");
  }

  @Test
  void unknownPlugin_namesThoseThatAreNear() {
    plugins.addAll(House.plugins());

    assertThatThrownBy(() -> why("io.containerd.snapshotter.v1.zfs"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage(
            "plugin \"io.containerd.snapshotter.v1.zfs\" (near it:"
                + " io.containerd.snapshotter.v1.native, io.containerd.snapshotter.v1.overlayfs):"
                + " not found");
    assertThatThrownBy(() -> why("overlay"))
        .hasMessage(
            "plugin \"overlay\" (near it: io.containerd.snapshotter.v1.overlayfs): not found");
    assertThatThrownBy(() -> why("io.containerd.metadata.v1.blot"))
        .hasMessageContaining("io.containerd.metadata.v1.bolt");
    assertThatThrownBy(() -> why("nothing-like-it"))
        .hasMessage("plugin \"nothing-like-it\": not found");
  }

  private void there(Sample sample) {
    plugins.add(sample.detail());
  }

  private String why(String plugin) {
    return new Explanation(plugins, handles, CLOCK).of(plugin);
  }

  /** Without the breaks between lines. */
  private String flat(String plugin) {
    return why(plugin).replaceAll("\\s+", " ");
  }

  private static HandleStatus handle(String plugin, long inFlight, boolean open) {
    return new HandleStatus(
        plugin,
        "gantry.x.X",
        inFlight,
        1024,
        12,
        0,
        0,
        open,
        Duration.ZERO,
        Duration.ofSeconds(40));
  }
}
