// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import static gantry.plugins.explain.Sample.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DotTextTest {
  @Test
  void graph_isGroupedByFamilyWithContractsAtTheEdges() {
    String dot =
        DotText.of(
            Graph.of(
                List.of(
                    plugin("a.grpc.v1.x")
                        .has("gantry.m.Metadata", "a.metadata.v1.bolt")
                        .has("gantry.m.Labels", "a.metadata.v1.bolt")
                        .detail(),
                    plugin("a.grpc.v1.y").lacks("gantry.n.Network").detail(),
                    plugin("a.metadata.v1.bolt").failed("a \"bad\" disk\\", "").detail())));

    assertThat(dot)
        .isEqualTo(
            """
            digraph plugins {
              graph [rankdir=LR, fontname="sans-serif", ranksep=1, compound=true]
              node [shape=box, style="rounded,filled", fontname="sans-serif"]
              edge [fontname="sans-serif", fontsize=9, color="#78909c"]
              "gantry.n.Network" [label="Network", tooltip="gantry.n.Network: no plugin that is\
             installed offers it; a.grpc.v1.y asks for it", style="rounded,dashed",\
             color="#c62828"]
              subgraph "cluster_grpc" {
                graph [label="grpc", style="rounded", color="#cfd8dc"]
                "a.grpc.v1.x" [label="x", tooltip="a.grpc.v1.x", fillcolor="#e3f0fd"]
                "a.grpc.v1.y" [label="y", tooltip="a.grpc.v1.y: waits for a plugin that offers\
             gantry.n.Network", fillcolor="#fff8e1", color="#ff8f00", penwidth=2]
              }
              subgraph "cluster_metadata" {
                graph [label="metadata", style="rounded", color="#cfd8dc"]
                "a.metadata.v1.bolt" [label="bolt", tooltip="a.metadata.v1.bolt: a \\"bad\\"\
             disk\\\\", fillcolor="#ffebee", color="#c62828", penwidth=3]
              }
              "a.grpc.v1.x" -> "a.metadata.v1.bolt" [label="Labels, Metadata"]
              "a.grpc.v1.y" -> "gantry.n.Network" [label="Network", color="#c62828", penwidth=2]
            }\
            """);
  }
}
