// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import static gantry.plugins.explain.Sample.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.explain.House;
import gantry.plugins.explain.Sample;
import gantry.plugins.explain.graph.Layout.Box;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PictureTest {
  private static final Clock CLOCK = Clock.fixed(Sample.EPOCH, ZoneOffset.UTC);

  static List<List<PluginDetail>> houses() {
    return List.of(
        House.plugins(),
        House.troubled(),
        List.of(),
        List.of(plugin("x.y.v1.alone").detail()),
        List.of(
            plugin("x.y.v1.a").has("B", "x.y.v1.b").detail(),
            plugin("x.y.v1.b").has("A", "x.y.v1.a").detail()),
        List.of(plugin("x.y.v1.a").has("A", "x.y.v1.a").detail()));
  }

  @ParameterizedTest
  @MethodSource("houses")
  void boxes_neverOverlap(List<PluginDetail> plugins) {
    Layout layout = new Layout(Graph.of(plugins));

    List<Box> boxes = new ArrayList<>(layout.boxes().values());
    for (int i = 0; i < boxes.size(); i++) {
      for (int j = i + 1; j < boxes.size(); j++) {
        assertThat(boxes.get(i).overlaps(boxes.get(j))).as("%s %s", i, j).isFalse();
      }
      assertThat(boxes.get(i).x()).isBetween(0, layout.width() - Layout.BOX_WIDTH);
      assertThat(boxes.get(i).y()).isBetween(0, layout.height() - Layout.BOX_HEIGHT);
    }
  }

  @ParameterizedTest
  @MethodSource("houses")
  void picture_isWellFormedAndHasAllNodesAndEdges(List<PluginDetail> plugins) throws Exception {
    Graph graph = Graph.of(plugins);
    Document document = parse(Picture.of(graph, "v1", CLOCK));

    List<String> titles = new ArrayList<>();
    NodeList elements = document.getElementsByTagName("title");
    for (int i = 0; i < elements.getLength(); i++) {
      titles.add(elements.item(i).getTextContent());
    }
    graph
        .nodes()
        .forEach(node -> assertThat(titles).anyMatch(title -> title.startsWith(node.name())));
    graph
        .edges()
        .forEach(
            edge ->
                assertThat(titles)
                    .anyMatch(t -> t.startsWith(edge.from() + " asks " + edge.to() + " for ")));
  }

  @Test
  void picture_saysWhoseItIsAndWhen() throws Exception {
    Document document = parse(Picture.of(Graph.of(House.troubled()), "v2.3.4 <x>", CLOCK));

    assertThat(document.getDocumentElement().getTextContent())
        .contains("The plugins of Gantry v2.3.4 <x>")
        .contains("33 plugins, 29 serve, 2 waiting, 1 failed, 1 skipped")
        .contains("2026-03-01");
  }

  @Test
  void textThatIsNoXml_isEscaped() throws Exception {
    PluginDetail odd =
        plugin("x.y.v1.a").is(State.ERROR, "no <file> & \"quotes\" \u0001 \uFFFE").detail();

    assertThat(parse(Picture.of(Graph.of(List.of(odd)), "v1", CLOCK)).getDocumentElement())
        .extracting(Element::getTextContent)
        .asString()
        .contains("x.y.v1.a: no <file> & \"quotes\" ? ?");
  }

  @ParameterizedTest
  @MethodSource("houses")
  void legend_staysWithinThePicture(List<PluginDetail> plugins) throws Exception {
    Document document = parse(Picture.of(Graph.of(plugins), "v1", CLOCK));

    int width = Integer.parseInt(document.getDocumentElement().getAttribute("width"));
    NodeList texts = document.getElementsByTagName("text");
    for (int i = 0; i < texts.getLength(); i++) {
      Element text = (Element) texts.item(i);
      assertThat(Double.parseDouble(text.getAttribute("x")) + text.getTextContent().length() * 6)
          .isLessThan(width);
    }
  }

  @Test
  void sameGraph_givesTheSamePicture() {
    List<PluginDetail> reversed = new ArrayList<>(House.troubled()).reversed();

    assertThat(Picture.of(Graph.of(reversed), "v1", CLOCK))
        .isEqualTo(Picture.of(Graph.of(House.troubled()), "v1", CLOCK));
  }

  @Test
  void columns_areOrderedSoThatFewLinesCross() {
    assertThat(new Layers(Graph.of(House.plugins())).crossings()).isLessThan(15);
  }

  private static Document parse(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }
}
