// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentsTest {
  private static final Digest DIGEST = Digest.sha256("x".getBytes(UTF_8));
  private static final Descriptor CONFIG = Descriptor.of(MediaTypes.OCI_CONFIG, DIGEST, 1);
  private static final Descriptor LAYER =
      new Descriptor(MediaTypes.OCI_LAYER_GZIP, DIGEST, 7, Map.of("b", "2", "a", "<&>"));

  @Test
  void manifest_comesBackFromItsJson() {
    Manifest manifest =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            "application/x",
            CONFIG,
            List.of(Layer.of(LAYER), new Layer(LAYER, List.of("https://example.com/l"))),
            LAYER,
            Map.of("k", "v"));

    assertThat(Manifest.parse(manifest.toJson())).isEqualTo(manifest);
    assertThat(manifest.toJson()).asString(UTF_8).contains("\"a\":\"\\u003c\\u0026\\u003e\"");
  }

  @Test
  void index_comesBackFromItsJson() {
    ImagePlatform windows =
        new ImagePlatform(
            new Platform("windows", "arm", "v7"), "10.0.1", List.of("win32k", "other"));
    Index index =
        new Index(
            MediaTypes.OCI_INDEX,
            "",
            List.of(new IndexEntry(CONFIG, windows), new IndexEntry(LAYER, null)),
            null,
            Map.of());

    assertThat(Index.parse(index.toJson())).isEqualTo(index);
  }

  @Test
  void config_isReadWhateverElseIsInIt() {
    String json =
        """
        {"architecture":"arm64","variant":"v8","os":"linux","os.version":"1","os.features":["f"],
         "config":{"Cmd":["sh"]},"history":[{"empty_layer":true}],"extra":[1,2,{"x":null}],
         "rootfs":{"type":"layers","diff_ids":["%s"]}}\
        """
            .formatted(DIGEST);

    ImageConfig config = ImageConfig.parse(json.getBytes(UTF_8));

    assertThat(config.diffIds()).containsExactly(DIGEST);
    assertThat(config.platform())
        .isEqualTo(new ImagePlatform(new Platform("linux", "arm64", "v8"), "1", List.of("f")));
  }

  @Test
  void configOfArtifact_hasNoLayers() {
    ImageConfig config = ImageConfig.parse("{}".getBytes(UTF_8));

    assertThat(config.diffIds()).isEmpty();
    assertThat(config.platform().platform()).isEqualTo(new Platform("", "", ""));
  }

  @Test
  void nullInsteadOfLists_isEmpty() {
    String config = "{\"mediaType\":\"m\",\"digest\":\"%s\",\"size\":1}".formatted(DIGEST);

    Manifest manifest =
        Manifest.parse(
            "{\"config\":%s,\"layers\":null,\"annotations\":null}"
                .formatted(config)
                .getBytes(UTF_8));

    assertThat(manifest.layers()).isEmpty();
    assertThat(Index.parse("{\"manifests\":null}".getBytes(UTF_8)).manifests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                      | it is not a json object
          []                                      | it is not a json object
          {                                       | it is not valid json
          {} {}                                   | it is not valid json
          {}                                      | "config" is missing
          {"fsLayers":[]}                         | schema 1 is not supported
          {"config":DESC,"manifests":[]}          | expected manifest but found index
          {"config":DESC,"mediaType":"INDEX"}     | expected manifest but found index
          {"config":DESC,"config":DESC}           | Duplicate
          {"config":[]}                           | "config" is not an object
          {"config":DESC,"layers":{}}             | "layers" is not a list
          {"config":DESC,"layers":[1]}            | layers[0]: it is not a descriptor
          {"config":DESC,"layers":[DESC,{}]}      | layers[1]: "digest" is missing
          {"config":{"digest":"md5:1","size":1}}  | unsupported digest algorithm
          {"config":{"digest":"OK"}}              | "size" is not a number of bytes
          {"config":{"digest":"OK","size":-1}}    | "size" is not a number of bytes
          {"config":{"digest":"OK","size":1.5}}   | "size" is not a number of bytes
          {"config":{"digest":"OK","size":9223372036854775808}} | "size" is not a number of bytes
          {"config":DESC,"annotations":{"a":1}}   | "a" of "annotations" is not a text
          {"config":DESC,"mediaType":7}           | "mediaType" is not a text
          """)
  void manifest_isRefused(String json, String why) {
    assertThatThrownBy(() -> Manifest.parse(filled(json)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("parse ")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                          | "manifests" is missing
          {"fsLayers":[],"manifests":[]}              | schema 1 is not supported
          {"manifests":[],"config":DESC}              | expected index but found manifest
          {"manifests":[],"layers":[]}                | expected index but found manifest
          {"manifests":[],"mediaType":"MANIFEST"}     | expected index but found manifest
          {"manifests":{}}                            | "manifests" is not a list
          {"manifests":[{"digest":"OK","size":1,"platform":[]}]} | "platform" is not an object
          {"manifests":[{"digest":"OK","size":1,"platform":{"os":1}}]} | "os" is not a text
          """)
  void index_isRefused(String json, String why) {
    assertThatThrownBy(() -> Index.parse(filled(json)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void bombs_areRefused() {
    assertThatThrownBy(() -> Index.parse("{\"a\":".repeat(100_000).getBytes(UTF_8)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("nesting depth");
    String number = "{\"manifests\":[],\"n\":" + "9".repeat(1 << 20) + "}";
    assertThatThrownBy(() -> Index.parse(number.getBytes(UTF_8)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Number");
  }

  private static byte[] filled(String json) {
    return json.replace("DESC", "{\"digest\":\"OK\",\"size\":1}")
        .replace("OK", DIGEST.toString())
        .replace("INDEX", MediaTypes.OCI_INDEX)
        .replace("MANIFEST", MediaTypes.DOCKER_MANIFEST)
        .getBytes(UTF_8);
  }
}
