// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Platform;
import gantry.oci.image.Platforms;
import gantry.oci.layout.LayoutNames;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.Progress;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.ExtraReference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExportTransferTest {
  private static final Caller CALLER = Caller.of(new Namespace("test"));
  private static final Platform AMD64 = Platforms.parse("linux/amd64");
  private static final Platform ARM64 = Platforms.parse("linux/arm64");
  private static final ExtraReference ANY =
      new ExtraReference("imported", true, true, false, false);

  private final MemoryMetadata metadata = new MemoryMetadata();
  private final Samples samples = new Samples();
  private final List<String> events = new ArrayList<>();
  private Descriptor image = samples.index(AMD64, ARM64);

  @BeforeEach
  void imported() throws IOException {
    image = Samples.annotated(image, LayoutNames.IMAGE_NAME, "quay.io/a/b:1");
    load(metadata, samples.layout(image).readAllBytes());
  }

  @AfterEach
  void noLeaseIsLeft() {
    assertThat(metadata.leases.values()).allMatch(Objects::isNull);
  }

  @Test
  void exportedImage_isTheSameElsewhere() throws IOException {
    byte[] archive = export(StoredImage.named("quay.io/a/b:1"), List.of(), true);

    MemoryMetadata other = new MemoryMetadata();
    load(other, archive);

    assertThat(other.images.values())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.name()).isEqualTo("quay.io/a/b:1");
              assertThat(found.target().digest()).isEqualTo(image.digest());
            });
    assertThat(other.content.blobs.keySet()).contains(samples.layer(ARM64).digest());
    assertThat(events).containsExactly("Exporting", "Completed export");
  }

  @Test
  void sameImage_givesSameBytes() throws IOException {
    StoredImage stored = StoredImage.named("quay.io/a/b:1");

    assertThat(export(stored, List.of(AMD64), false))
        .isEqualTo(export(stored, List.of(AMD64), false))
        .isNotEqualTo(export(stored, List.of(ARM64), false));
  }

  @Test
  void severalImages_areNamedByExtraReferences() throws IOException {
    new TagTransfer(metadata.handle())
        .run(CALLER, StoredImage.named("quay.io/a/b:1"), StoredImage.named("quay.io/c:2"));
    StoredImage both =
        new StoredImage(
            "quay.io/a/b:1",
            Labels.none(),
            List.of(),
            false,
            0,
            List.of(new ExtraReference("quay.io/c:2", false, false, false, false)),
            List.of());

    MemoryMetadata other = new MemoryMetadata();
    load(other, export(both, List.of(), true));

    assertThat(other.images).containsOnlyKeys("quay.io/a/b:1", "quay.io/c:2");
  }

  @Test
  void prefix_isNotSupported() {
    StoredImage prefix =
        new StoredImage("", Labels.none(), List.of(), false, 0, List.of(ANY), List.of());

    assertThatThrownBy(() -> export(prefix, List.of(), true))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("prefix lookup on export not implemented");
  }

  @Test
  void failure_closesTheStream() {
    Closing out = new Closing();

    assertThatThrownBy(
            () ->
                new ExportTransfer(metadata.handle())
                    .run(
                        CALLER,
                        StoredImage.named("quay.io/none:1"),
                        new ExportArchive(out, "", List.of(), true, false, false),
                        step -> {}))
        .isInstanceOf(NotFoundException.class);
    assertThat(out.closed).isTrue();
    assertThat(out.size()).isZero();
  }

  @Test
  void tag_movesANameInUse() throws IOException {
    Descriptor other = Samples.annotated(samples.image(ARM64), LayoutNames.IMAGE_NAME, "q.io/x:1");
    load(metadata, samples.layout(other).readAllBytes());

    new TagTransfer(metadata.handle())
        .run(CALLER, StoredImage.named("quay.io/a/b:1"), StoredImage.named("q.io/x:1"));

    assertThat(metadata.images().get("q.io/x:1")).extracting(Image::target).isEqualTo(image);
  }

  private byte[] export(StoredImage stored, List<Platform> platforms, boolean all)
      throws IOException {
    Closing out = new Closing();
    new ExportTransfer(metadata.handle())
        .run(
            CALLER,
            stored,
            new ExportArchive(out, "", platforms, all, false, false),
            (Progress step) -> events.add(step.event()));
    assertThat(out.closed).isTrue();
    return out.toByteArray();
  }

  private static void load(MemoryMetadata into, byte[] archive) throws IOException {
    new ImportTransfer(into.handle(), (caller, manifest, platform, snapshotter, listener) -> {})
        .run(
            CALLER,
            new ImportArchive(new ByteArrayInputStream(archive), "", false),
            new StoredImage("", Labels.none(), List.of(), false, 0, List.of(ANY), List.of()),
            step -> {});
  }

  private static final class Closing extends ByteArrayOutputStream {
    private boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }
}
