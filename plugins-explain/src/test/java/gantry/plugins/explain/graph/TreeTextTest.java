// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import static gantry.plugins.explain.Sample.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.PluginStatus.State;
import gantry.plugins.explain.House;
import gantry.plugins.explain.Sample;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TreeTextTest {
  @Test
  void whatManyAskFor_isShownWholeOnce() {
    assertThat(
            tree(
                plugin("a.server.v1.grpc")
                    .uses("io.grpc.BindableService", "a.grpc.v1.x", "a.grpc.v1.y"),
                plugin("a.grpc.v1.x").has("gantry.m.Metadata", "a.m.v1.bolt"),
                plugin("a.grpc.v1.y").has("gantry.m.Metadata", "a.m.v1.bolt"),
                plugin("a.m.v1.bolt").has("gantry.c.Content", "a.c.v1.content"),
                plugin("a.c.v1.content")))
        .isEqualTo(
            """
            a.server.v1.grpc
            ├── a.grpc.v1.x (BindableService, optional)
            │   └── a.m.v1.bolt (Metadata)
            │       └── a.c.v1.content (Content)
            └── a.grpc.v1.y (BindableService, optional)
                └── a.m.v1.bolt (Metadata) …\
            """);
  }

  @Test
  void pluginsThatDoNotServe_areMarked() {
    assertThat(
            tree(
                plugin("a.x.v1.waits").lacks("gantry.m.Metadata").uses("gantry.n.Network"),
                plugin("a.x.v1.fails").failed("disk is broken", ""),
                plugin("a.x.v1.knows").lacks("gantry.f.Fails", "a.x.v1.fails"),
                plugin("a.x.v1.skips").is(State.SKIP, "disabled by configuration")))
        .isEqualTo(
            """
            a.x.v1.knows [waits] waits for plugin a.x.v1.fails
            └── a.x.v1.fails (Fails) [failed] disk is broken
            a.x.v1.skips [skipped] disabled by configuration
            a.x.v1.waits [waits] waits for a plugin that offers gantry.m.Metadata
            └── gantry.m.Metadata (Metadata) [missing]\
            """);
  }

  @Test
  void pluginsThatAskInACircle_areShown() {
    assertThat(
            tree(
                plugin("a.x.v1.one").has("gantry.Two", "a.x.v1.two"),
                plugin("a.x.v1.two").has("gantry.One", "a.x.v1.one")))
        .isEqualTo(
            """
            a.x.v1.one
            └── a.x.v1.two (Two)
                └── a.x.v1.one (One) …\
            """);
  }

  @Test
  void lines_areNoWiderThanAWideTerminal() {
    String tree = tree(plugin("a.x.v1.y").is(State.ERROR, "long ".repeat(50)));

    assertThat(tree).hasSize(120).endsWith("…");
    assertThat(TreeText.of(Graph.of(House.troubled())).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
  }

  private static String tree(Sample... plugins) {
    return TreeText.of(Graph.of(Stream.of(plugins).map(Sample::detail).toList()));
  }
}
