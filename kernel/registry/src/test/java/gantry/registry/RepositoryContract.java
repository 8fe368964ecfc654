// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.NotFoundException;
import gantry.errors.OutOfRangeException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.registry.Repository.PushResult;
import gantry.testkit.Blobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link Repository} does with a healthy registry behind it. */
interface RepositoryContract {
  /** Opens a reference of the registry: {@code repository:tag} or {@code repository@digest}. */
  Repository open(String repositoryAndTag);

  private static Descriptor layer(byte[] bytes) {
    return Descriptor.of(MediaTypes.OCI_LAYER_GZIP, Digest.sha256(bytes), bytes.length);
  }

  private static byte[] manifest(Descriptor config, Descriptor layer) {
    return """
    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
    """
        .formatted(MediaTypes.OCI_MANIFEST, json(config), json(layer))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String json(Descriptor d) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(d.mediaType(), d.digest(), d.size());
  }

  private static PushResult push(Repository repository, Descriptor descriptor, byte[] bytes)
      throws IOException {
    return repository.push(descriptor, BytesBody.of(bytes), List.of(), true, sent -> {});
  }

  /** Pushes an image of one layer and gives its manifest. */
  private Descriptor image(Repository repository, byte[] layerBytes) throws IOException {
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor configOf = Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), 2);
    push(repository, configOf, config);
    push(repository, layer(layerBytes), layerBytes);
    byte[] manifest = manifest(configOf, layer(layerBytes));
    Descriptor descriptor =
        Descriptor.of(MediaTypes.OCI_MANIFEST, Digest.sha256(manifest), manifest.length);
    push(repository, descriptor, manifest);
    return descriptor;
  }

  @Test
  default void resolve_ofTagAndDigest_findsWhatWasPushed() throws IOException {
    Descriptor pushed = image(open("one/two:v1"), Blobs.random(1, 1000));

    assertThat(open("one/two:v1").resolve()).isEqualTo(pushed);
    assertThat(open("one/two@" + pushed.digest()).resolve()).isEqualTo(pushed);
    assertThat(open("one/two:v1@" + pushed.digest()).resolve()).isEqualTo(pushed);
  }

  @Test
  default void resolve_ofWhatIsNotThere_isNotFound() throws IOException {
    image(open("some:there"), Blobs.random(2, 10));

    assertThatThrownBy(() -> open("some:missing").resolve())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("some:missing: not found");
  }

  @Test
  default void fetch_ofManifestAndLayer_givesTheirBytes() throws IOException {
    byte[] bytes = Blobs.random(3, 3_000_000);
    Repository repository = open("fetch:v1");
    Descriptor manifest = image(repository, bytes);

    try (RemoteBlob blob = repository.fetch(layer(bytes), List.of(), 0)) {
      assertThat(blob.total()).isEqualTo(bytes.length);
      assertThat(blob.body().readAllBytes()).isEqualTo(bytes);
    }
    try (RemoteBlob blob = repository.fetch(manifest, List.of(), 0)) {
      assertThat(Digest.sha256(blob.body().readAllBytes())).isEqualTo(manifest.digest());
    }
  }

  @Test
  default void fetch_fromAnOffset_givesTheRest() throws IOException {
    byte[] bytes = Blobs.random(4, 200_000);
    Repository repository = open("offset:v1");
    push(repository, layer(bytes), bytes);

    try (RemoteBlob blob = repository.fetch(layer(bytes), List.of(), 150_000)) {
      assertThat(blob.total()).isEqualTo(bytes.length);
      assertThat(blob.body().readAllBytes()).isEqualTo(Blobs.range(bytes, 150_000, bytes.length));
    }
    try (RemoteBlob blob = repository.fetch(layer(bytes), List.of(), bytes.length)) {
      assertThat(blob.body().readAllBytes()).isEmpty();
    }
    assertThatThrownBy(() -> repository.fetch(layer(bytes), List.of(), bytes.length + 1))
        .isInstanceOf(OutOfRangeException.class);
  }

  @Test
  default void fetchRange_givesThePart() throws IOException {
    byte[] bytes = Blobs.random(5, 200_000);
    Repository repository = open("range:v1");
    push(repository, layer(bytes), bytes);

    try (RemoteBlob blob = repository.fetchRange(layer(bytes), 1000, 5000)) {
      assertThat(blob.body().readAllBytes()).isEqualTo(Blobs.range(bytes, 1000, 6000));
    }
  }

  @Test
  default void fetch_ofWhatIsNotThere_isNotFound() throws IOException {
    Repository repository = open("lost:v1");
    push(repository, layer(new byte[] {1}), new byte[] {1});

    assertThatThrownBy(() -> repository.fetch(layer(new byte[] {2, 3}), List.of(), 0))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("could not fetch content descriptor");
  }

  @Test
  default void push_tellsWhatItTook() throws IOException {
    byte[] bytes = Blobs.random(6, 500_000);
    Repository repository = open("push:v1");
    List<Long> counts = new ArrayList<>();

    assertThat(repository.exists(layer(bytes))).isFalse();
    assertThat(repository.push(layer(bytes), BytesBody.of(bytes), List.of(), false, counts::add))
        .isEqualTo(PushResult.UPLOADED);
    assertThat(repository.exists(layer(bytes))).isTrue();
    assertThat(repository.push(layer(bytes), BytesBody.of(bytes), List.of(), false, n -> {}))
        .isEqualTo(PushResult.EXISTED);
    assertThat(counts).isSorted().last().isEqualTo(500_000L);
  }

  @Test
  default void push_ofAnEmptyBlob_works() throws IOException {
    Repository repository = open("empty:v1");

    assertThat(push(repository, layer(new byte[0]), new byte[0])).isNotNull();

    assertThat(repository.exists(layer(new byte[0]))).isTrue();
  }

  @Test
  default void push_ofWhatAnotherRepositoryHas_mountsIt() throws IOException {
    byte[] bytes = Blobs.random(7, 1000);
    push(open("from/here:v1"), layer(bytes), bytes);
    Repository there = open("to/there:v1");

    assertThat(
            there.push(
                layer(bytes),
                BytesBody.of(bytes),
                List.of("no/where", "from/here"),
                false,
                sent -> {}))
        .isEqualTo(PushResult.MOUNTED);
    assertThat(there.exists(layer(bytes))).isTrue();
  }

  @Test
  default void push_ofAManifest_movesTheTagOnlyIfAsked() throws IOException {
    Repository repository = open("tags:latest");
    Descriptor first = image(repository, Blobs.random(8, 10));
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    byte[] layerBytes = Blobs.random(9, 10);
    push(repository, layer(layerBytes), layerBytes);
    byte[] second =
        manifest(Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), 2), layer(layerBytes));
    Descriptor secondOf =
        Descriptor.of(MediaTypes.OCI_MANIFEST, Digest.sha256(second), second.length);

    repository.push(secondOf, BytesBody.of(second), List.of(), false, sent -> {});
    assertThat(repository.resolve()).isEqualTo(first);
    repository.push(secondOf, BytesBody.of(second), List.of(), true, sent -> {});
    assertThat(repository.resolve()).isEqualTo(secondOf);
  }

  @Test
  default void referrers_ofAPushedSubject_areFound() throws IOException {
    Repository repository = open("referred:v1");
    Descriptor subject = image(repository, Blobs.random(10, 10));
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor configOf = Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), 2);
    byte[] signature =
        """
        {"schemaVersion":2,"mediaType":"%s","artifactType":"application/x.sign","config":%s,"layers":[],"subject":%s}\
        """
            .formatted(MediaTypes.OCI_MANIFEST, json(configOf), json(subject))
            .getBytes(StandardCharsets.UTF_8);
    Descriptor signatureOf =
        Descriptor.of(MediaTypes.OCI_MANIFEST, Digest.sha256(signature), signature.length);

    assertThat(repository.referrers(subject.digest(), "")).isEmpty();
    repository.push(signatureOf, BytesBody.of(signature), List.of(), false, sent -> {});

    assertThat(repository.referrers(subject.digest(), ""))
        .extracting(Descriptor::digest)
        .containsExactly(signatureOf.digest());
    assertThat(repository.referrers(subject.digest(), "application/x.sign")).hasSize(1);
    assertThat(repository.referrers(subject.digest(), "application/x.other")).isEmpty();
  }
}
