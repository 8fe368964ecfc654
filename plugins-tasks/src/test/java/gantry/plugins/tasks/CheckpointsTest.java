// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnknownException;
import gantry.linux.Mounts;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarReader;
import gantry.plugins.TimeLimits;
import gantry.runtime.CreateTask;
import gantry.runtime.ProcessIo;
import gantry.runtime.TaskRuntime;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import gantry.typed.TypedValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CheckpointsTest {
  private static final Namespace NS = new Namespace("default");
  private static final Caller CALLER = new Caller(NS, "lease-1");
  private static final String SPEC = "{\"ociVersion\":\"1.2.0\"}";
  private static final String OPTIONS = "containerd.runc.v1.CheckpointOptions";

  @TempDir Path directory;

  private final OnlyContainers metadata = new OnlyContainers();
  private final FakeRuntime runtime = new FakeRuntime();
  private BundledTasks tasks;

  @BeforeEach
  void begin() {
    tasks =
        new BundledTasks(
            new BundleLayout(directory.resolve("root"), directory.resolve("state")),
            FixedHandle.of(metadata),
            new RecordingEventBus(),
            new Era("e1x1", Instant.EPOCH),
            new Trees(Mounts::unmountRecursive),
            TimeLimits.STANDARD);
    tasks.bindRuntime(
        FixedHandle.<TaskRuntime>of(runtime),
        Map.of(TaskRuntime.RUNTIME_PROPERTY, FakeRuntime.NAME));
    metadata.add("c1", FakeRuntime.NAME, SPEC);
    metadata.add("c2", FakeRuntime.NAME, SPEC);
  }

  private static CreateTask request(String id, @Nullable Descriptor checkpoint) {
    return request(id, checkpoint, null);
  }

  private static CreateTask request(
      String id, @Nullable Descriptor checkpoint, @Nullable TypedValue options) {
    ProcessIo none = new ProcessIo("", "", "", false);
    return new CreateTask(id, List.of(), none, checkpoint, options, "");
  }

  /** A message with a text field of this number. */
  private static TypedValue message(String type, int number, String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // a flag and a number before it, as other options are
    out.writeBytes(new byte[] {1 << 3, 1, (byte) (4 << 3), (byte) 0xe8, 7});
    out.write((number << 3) | 2);
    out.write(text.length());
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return new TypedValue(type, out.toByteArray());
  }

  private List<String> names(Digest archive) throws IOException {
    TarReader reader =
        new TarReader(
            new ByteArrayInputStream(Objects.requireNonNull(metadata.content.blobs.get(archive))));
    List<String> names = new ArrayList<>();
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      names.add(entry.name());
    }
    return names;
  }

  @Test
  void checkpoint_isKeptWithTheSpecification() throws Exception {
    tasks.create(NS, request("c1", null));
    metadata.callers.clear();

    List<Descriptor> kept = tasks.checkpoint(CALLER, "c1", null, null);

    assertThat(kept)
        .extracting(Descriptor::mediaType)
        .containsExactly(MediaTypes.CHECKPOINT, MediaTypes.CHECKPOINT_CONFIG);
    assertThat(names(kept.get(0).digest())).containsExactly("pages-1.img");
    byte[] archive = Objects.requireNonNull(metadata.content.blobs.get(kept.get(0).digest()));
    assertThat(kept.get(0).size()).isEqualTo(archive.length);
    byte[] spec = Objects.requireNonNull(metadata.content.blobs.get(kept.get(1).digest()));
    assertThat(ProtoFields.text(new TypedValue("", spec), 1)).isEqualTo(TypedValue.SPEC);
    assertThat(ProtoFields.text(new TypedValue("", spec), 2)).isEqualTo(SPEC);
    assertThat(metadata.content.ingests).isEmpty();
    assertThat(metadata.callers).filteredOn(CALLER::equals).isNotEmpty();
    assertThat(Objects.requireNonNull(runtime.checkpointed)).doesNotExist();
  }

  @Test
  void checkpointOfTheSameState_isTheSameBlob() {
    tasks.create(NS, request("c1", null));
    List<Descriptor> first = tasks.checkpoint(CALLER, "c1", null, null);

    List<Descriptor> second = tasks.checkpoint(CALLER, "c1", null, null);

    assertThat(second.get(1)).isEqualTo(first.get(1));
    assertThat(metadata.content.ingests).isEmpty();
  }

  @Test
  void checkpointWithAPath_staysThere() {
    tasks.create(NS, request("c1", null));
    Path image = directory.resolve("image");

    List<Descriptor> kept =
        tasks.checkpoint(CALLER, "c1", null, message(OPTIONS, 8, image.toString()));

    assertThat(kept).isEmpty();
    assertThat(image.resolve("pages-1.img")).hasContent("state of c1");
    assertThat(metadata.content.blobs).isEmpty();
  }

  @Test
  void checkpointWithOptionsOfAnotherType_isRefused() {
    tasks.create(NS, request("c1", null));
    assertThatThrownBy(
            () -> tasks.checkpoint(CALLER, "c1", null, new TypedValue("x.y.Z", new byte[0])))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("invalid task checkpoint option");
    assertThatThrownBy(
            () -> tasks.checkpoint(CALLER, "c1", null, new TypedValue(OPTIONS, new byte[] {66})))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("malformed");
  }

  @Test
  void checkpointThatTheRuntimeRefuses_leavesNothing() throws Exception {
    tasks.create(NS, request("c1", null));
    runtime.failure = () -> new FailedPreconditionException("no criu");

    assertThatThrownBy(() -> tasks.checkpoint(CALLER, "c1", null, null)).hasMessage("no criu");

    assertThat(metadata.content.ingests).isEmpty();
    assertThat(metadata.content.blobs).isEmpty();
    assertThat(directory.resolve("root/default/c1")).isEmptyDirectory();
  }

  @Test
  void checkpointOfAnUnknownTask_isNotFound() {
    assertThatThrownBy(() -> tasks.checkpoint(CALLER, "c1", null, null))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("task c1 not found");
  }

  @Test
  void taskOfACheckpoint_getsItsFilesUntilItIsDeleted() throws Exception {
    tasks.create(NS, request("c1", null));
    Descriptor archive = tasks.checkpoint(CALLER, "c1", null, null).getFirst();

    tasks.create(NS, request("c2", archive));

    Path image = Path.of(Objects.requireNonNull(runtime.created).image());
    assertThat(image.resolve("pages-1.img")).hasContent("state of c1");
    tasks.delete(NS, "c2");
    assertThat(image).doesNotExist();
  }

  @Test
  void taskOfACheckpointInADirectory_getsThatDirectory() {
    tasks.create(
        NS, request("c1", null, message("containerd.runc.v1.Options", 10, "/checkpoints/1")));
    assertThat(Objects.requireNonNull(runtime.created).image()).isEqualTo("/checkpoints/1");

    Descriptor annotated =
        new Descriptor("", Digest.sha256(new byte[0]), 0, Map.of("RestoreFromPath", "/cri/2"));
    tasks.create(NS, request("c2", annotated));
    assertThat(Objects.requireNonNull(runtime.created).image()).isEqualTo("/cri/2");
  }

  @Test
  void checkpointOfAnotherKind_isRefused() {
    Descriptor other = Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(new byte[0]), 0);
    assertThatThrownBy(() -> tasks.create(NS, request("c1", other)))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("unsupported checkpoint type \"" + MediaTypes.OCI_LAYER + "\"");
    assertThat(directory.resolve("state/default/c1")).doesNotExist();
  }

  @Test
  void checkpointThatIsGone_leavesNoBundle() throws Exception {
    Descriptor gone = Descriptor.of(MediaTypes.CHECKPOINT, Digest.sha256(new byte[] {1}), 1);
    assertThatThrownBy(() -> tasks.create(NS, request("c1", gone)))
        .isInstanceOf(NotFoundException.class);
    assertThat(directory.resolve("state/default/c1")).doesNotExist();
    assertThat(Files.exists(directory.resolve("root/default/c1"))).isFalse();
  }
}
