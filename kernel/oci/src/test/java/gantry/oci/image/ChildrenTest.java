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

class ChildrenTest {
  private static final String REF = "containerd.io/gc.ref.content";
  private static final Digest DIGEST = Digest.sha256("x".getBytes(UTF_8));

  @Test
  void manifest_hasConfigAndLayers() {
    Manifest manifest =
        new Manifest(
            "",
            "",
            of(MediaTypes.DOCKER_CONFIG),
            List.of(
                Layer.of(of(MediaTypes.DOCKER_LAYER)),
                Layer.of(of(MediaTypes.OCI_LAYER_ZSTD)),
                Layer.of(of("application/wasm")),
                Layer.of(of(MediaTypes.EROFS_LAYER + "+zstd"))),
            null,
            Map.of());

    assertThat(Children.of(of(MediaTypes.OCI_MANIFEST), manifest.toJson()))
        .extracting(Child::gcLabel)
        .containsExactly(REF + ".config", REF + ".l.0", REF + ".l.1", REF + ".0", REF + ".l.2");
  }

  @Test
  void index_hasManifestsWithTheirPlatforms() {
    ImagePlatform platform = ImagePlatform.of(new Platform("linux", "amd64", ""));
    Descriptor referrer =
        new Descriptor(
            MediaTypes.OCI_MANIFEST, DIGEST, 1, Map.of(Children.SUBJECT, DIGEST.toString()));
    Index index =
        new Index(
            "",
            "",
            List.of(
                new IndexEntry(of(MediaTypes.OCI_MANIFEST), platform),
                new IndexEntry(of(MediaTypes.OCI_INDEX), null),
                new IndexEntry(referrer, null),
                new IndexEntry(of(MediaTypes.DOCKER_MANIFEST), null)),
            null,
            Map.of());

    List<Child> children = Children.of(of(MediaTypes.DOCKER_LIST), index.toJson());

    assertThat(children)
        .extracting(Child::gcLabel)
        .containsExactly(
            REF + ".m.0",
            REF + ".0",
            REF + ".referrer.sha256." + DIGEST.hex().substring(0, 12),
            REF + ".m.1");
    assertThat(children.getFirst().platform()).isEqualTo(platform);
    assertThat(Children.gcLabels(children)).hasSize(4).containsEntry(REF + ".m.0", "" + DIGEST);
  }

  @Test
  void otherBlobs_haveNone() {
    assertThat(Children.of(of(MediaTypes.OCI_LAYER), new byte[] {1, 2})).isEmpty();
  }

  @Test
  void manifestThatSaysItIsAnIndex_isRefused() {
    byte[] index = "{\"manifests\":[]}".getBytes(UTF_8);

    assertThatThrownBy(() -> Children.of(of(MediaTypes.OCI_MANIFEST), index))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("expected manifest but found index");
  }

  private static Descriptor of(String mediaType) {
    return Descriptor.of(mediaType, DIGEST, 1);
  }
}
