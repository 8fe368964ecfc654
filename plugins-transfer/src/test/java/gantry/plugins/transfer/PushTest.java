// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.NotFoundException;
import gantry.oci.Descriptor;
import gantry.testkit.registry.SeenRequest;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushTest {
  @TempDir Path root;
  private TransferHouse house;
  private TestImage image;

  @BeforeEach
  void open() throws IOException {
    house = new TransferHouse(root);
    image = TestImage.shelve(house.registry, "", "amd64", 300_000, 10);
    TestImage.index(house.registry, "v1", List.of(image.entry("amd64")));
    house.pull("v1");
    house.registry.forget();
    house.progress.clear();
  }

  @AfterEach
  void close() {
    house.close();
  }

  private RegistryImage destination(String repository) {
    return new RegistryImage(
        house.registry.host() + "/" + repository + ":v2", RegistryAccess.anonymous());
  }

  private void push(String repository) throws IOException {
    house.transfers.transfer(
        TransferHouse.CALLER,
        StoredImage.named(house.reference("v1")),
        destination(repository),
        house.progress::add);
  }

  @Test
  void push_sendsBlobsThenManifestsThenIndexes() throws Exception {
    push("other/test");

    assertThat(house.registry.manifest("other/test", "v2")).isPresent();
    assertThat(house.registry.manifest("other/test", image.manifest().digest().toString()))
        .isPresent();
    for (Descriptor layer : image.layers()) {
      assertThat(house.registry.blob("other/test", layer.digest())).isPresent();
    }
    List<String> puts =
        house.registry.requests().stream()
            .filter(r -> r.method().equals("PUT") && r.path().contains("/manifests/"))
            .map(SeenRequest::path)
            .toList();
    assertThat(puts.getFirst()).contains(image.manifest().digest().toString());
    assertThat(puts.getLast()).endsWith("/v2");
  }

  @Test
  void push_takesBlobsFromWhereTheyWerePulled() throws Exception {
    push("other/test");

    assertThat(house.registry.requests())
        .anyMatch(r -> r.path().contains("mount=") && r.path().contains("from=library"));
  }

  @Test
  void push_tellsWhatClientsKnow() throws Exception {
    push("other/test");

    String end = "OCI Registry (" + destination("other/test").reference() + ")";
    assertThat(house.events())
        .startsWith("Pushing to " + end, "pushing content")
        .endsWith("pushed content", "Completed push to " + end);
    assertThat(house.events("manifest-" + image.manifest().digest()))
        .startsWith("waiting")
        .endsWith("complete");
  }

  @Test
  void push_again_sendsNothing() throws Exception {
    push(TestImage.REPOSITORY);

    assertThat(house.registry.requests())
        .noneMatch(r -> r.method().equals("POST") || r.path().contains("/uploads/"));
    assertThat(house.events("layer-" + image.layers().getFirst().digest()))
        .containsExactly("waiting", "already exists");
  }

  @Test
  void push_ofImageThatIsNotWhole_saysWhatIsMissing() {
    house.metadata.content.delete(image.layers().getFirst().digest());

    assertThatThrownBy(() -> push("other/test"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(image.layers().getFirst().digest().toString());
    assertThat(house.registry.manifest("other/test", "v2")).isEmpty();
  }

  @Test
  void push_ofNothing_isNotFound() {
    assertThatThrownBy(
            () ->
                house.transfers.transfer(
                    TransferHouse.CALLER,
                    StoredImage.named("nobody"),
                    destination("a"),
                    house.progress::add))
        .isInstanceOf(NotFoundException.class);
  }
}
