// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.containers.Container;
import gantry.content.BlobInfo;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.OutOfRangeException;
import gantry.errors.UnavailableException;
import gantry.events.Event;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.leases.LeaseResource;
import gantry.mounts.Mount;
import gantry.namespaces.NamespaceInfo;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.testkit.Containerd;
import gantry.typed.TypedValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every call against the containerd of the distribution: the wire, not our idea of it. */
@Timeout(60)
final class GantryClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir static Path dir;

  private static Containerd daemon;
  private GantryClient client;

  @BeforeAll
  static void start() throws Exception {
    daemon = Containerd.start(dir);
  }

  @AfterAll
  @SuppressWarnings("NullAway") // not started where containerd is missing
  static void stop() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  @BeforeEach
  void connect(TestInfo test) {
    String namespace = test.getTestMethod().orElseThrow().getName().replace('_', '-');
    client = GantryClient.connect(daemon.socket(), namespace, TIMEOUT);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void version_isTheDaemons() {
    assertThat(client.introspection().version().version()).startsWith("1.");
    assertThat(client.introspection().identity().uuid()).hasSize(36);
  }

  @Test
  void plugins_haveTypeIdAndStatus() {
    List<PluginEntry> plugins =
        client.introspection().plugins(List.of("type==io.containerd.content.v1"));
    assertThat(plugins).hasSize(1);
    assertThat(plugins.getFirst().id()).isEqualTo("content");
    assertThat(plugins.getFirst().status()).isEqualTo("ok");
    assertThat(plugins.getFirst().exports()).containsKey("root");
  }

  @Test
  void namespaces_areMadeLabelledAndRemoved() {
    NamespacesClient namespaces = client.namespaces();
    namespaces.create(new NamespaceInfo("one", Labels.of(Map.of("a", "1", "b", "2"))));
    assertThatThrownBy(() -> namespaces.create(new NamespaceInfo("one", Labels.none())))
        .isInstanceOf(AlreadyExistsException.class);
    namespaces.label("one", Map.of("a", "", "c", "3"));
    assertThat(namespaces.labels("one").map()).isEqualTo(Map.of("b", "2", "c", "3"));
    assertThat(namespaces.list()).extracting(NamespaceInfo::name).contains("one");
    namespaces.delete("one");
    assertThatThrownBy(() -> namespaces.delete("one")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void missingNamespace_isRefused() {
    assertThatThrownBy(() -> client.in("").images().list(List.of()))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("namespace is required");
  }

  @Test
  void content_isStoredReadLabelledAndDeleted() throws IOException {
    ContentClient content = client.content();
    byte[] bytes = new byte[5 << 20];
    new Random(1).nextBytes(bytes);
    Descriptor blob = Descriptor.of("application/octet-stream", Digest.sha256(bytes), bytes.length);
    content.store("r1", blob, new ByteArrayInputStream(bytes), Labels.of(Map.of("x", "y")));
    BlobInfo info = content.info(blob.digest());
    assertThat(info.size()).isEqualTo(bytes.length);
    assertThat(info.labels().map()).isEqualTo(Map.of("x", "y"));
    assertThat(content.bytes(blob.digest(), bytes.length)).isEqualTo(bytes);
    try (InputStream tail = content.read(blob.digest(), bytes.length - 3L)) {
      assertThat(tail.readAllBytes()).hasSize(3);
    }
    assertThatThrownBy(() -> content.bytes(blob.digest(), 10))
        .isInstanceOf(FailedPreconditionException.class);
    assertThatThrownBy(() -> content.read(blob.digest(), bytes.length + 1L))
        .isInstanceOf(OutOfRangeException.class);

    content.store("r2", blob, InputStream.nullInputStream(), Labels.of(Map.of("z", "1")));
    List<BlobInfo> found = new ArrayList<>();
    content.walk(List.of("labels.z==1"), found::add);
    assertThat(found).extracting(BlobInfo::digest).containsExactly(blob.digest());

    content.delete(blob.digest());
    assertThatThrownBy(() -> content.read(blob.digest(), 0)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void ingest_isResumedTruncatedAndAborted() {
    ContentClient content = client.content();
    byte[] bytes = "hello".getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(bytes);
    try (BlobWriter writer = content.writer(new IngestRequest("up", 5, digest))) {
      writer.write(ByteBuffer.wrap(bytes, 0, 3));
    }
    assertThat(content.statuses(List.of("ref==up"))).hasSize(1);
    try (BlobWriter writer = content.writer(new IngestRequest("up", 5, digest))) {
      assertThat(writer.status().offset()).isEqualTo(3);
      assertThatThrownBy(() -> writer.commit(5, digest, Labels.none()))
          .isInstanceOf(FailedPreconditionException.class);
    }
    content.abort("up");
    assertThatThrownBy(() -> content.abort("up")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void images_areMadeChangedAndDeleted() throws IOException {
    ImagesClient images = client.images();
    Descriptor target = blob("{}");
    Image image =
        images.create(new Image("x:1", Labels.none(), target, Instant.EPOCH, Instant.EPOCH));
    assertThat(image.createdAt()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
    images.label("x:1", Map.of("k", "v"));
    assertThat(images.list(List.of("labels.k==v"))).hasSize(1);
    assertThatThrownBy(() -> images.create(image)).isInstanceOf(AlreadyExistsException.class);
    images.delete("x:1", true);
    assertThatThrownBy(() -> images.get("x:1")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void snapshots_arePreparedCommittedAndRemoved() {
    SnapshotsClient snapshots = client.snapshots("native");
    // what nothing refers to can be collected between any two of these calls
    Labels kept = Labels.of(Map.of("containerd.io/gc.root", "1"));
    List<Mount> mounts = snapshots.prepare("a", "", kept);
    assertThat(mounts).hasSize(1);
    assertThat(snapshots.mounts("a")).isEqualTo(mounts);
    snapshots.commit("base", "a", kept);
    snapshots.view("v", "base", kept);
    assertThat(snapshots.stat("v").kind()).isEqualTo(SnapshotKind.VIEW);
    assertThat(snapshots.usage("base").inodes()).isPositive();
    List<SnapshotInfo> all = new ArrayList<>();
    snapshots.walk(List.of(), all::add);
    assertThat(all).extracting(SnapshotInfo::name).containsExactlyInAnyOrder("base", "v");
    assertThatThrownBy(() -> snapshots.remove("base"))
        .isInstanceOf(FailedPreconditionException.class);
    snapshots.remove("v");
    snapshots.remove("base");
    assertThatThrownBy(() -> client.snapshots("nosuch").stat("a"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("snapshotter not loaded");
  }

  @Test
  void leases_keepWhatIsMadeUnderThem() throws IOException {
    String lease = client.leases().create("", Labels.none()).id();
    GantryClient leased = client.under(lease);
    byte[] bytes = "kept".getBytes(StandardCharsets.UTF_8);
    Descriptor blob = Descriptor.of("text/plain", Digest.sha256(bytes), bytes.length);
    leased.content().store("k", blob, new ByteArrayInputStream(bytes), Labels.none());
    assertThat(client.leases().resources(lease))
        .contains(new LeaseResource("content", blob.digest().toString()));
    client.leases().delete(lease, true);
    assertThatThrownBy(() -> client.content().info(blob.digest()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> leased.content().writer(new IngestRequest("z", 0, null)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void containers_carrySpecAndExtensionsByteForByte() {
    TypedValue spec =
        new TypedValue(TypedValue.SPEC, "{\"a\" : 1}".getBytes(StandardCharsets.UTF_8));
    Container made =
        client
            .containers()
            .create(
                new Container(
                    "c1",
                    Labels.of(Map.of("l", "1")),
                    "img",
                    "io.containerd.runc.v2",
                    null,
                    spec,
                    "",
                    "",
                    Instant.EPOCH,
                    Instant.EPOCH,
                    Map.of("ext", new TypedValue("t", new byte[] {1, 2})),
                    ""));
    assertThat(made.spec()).isEqualTo(spec);
    client.containers().label("c1", Map.of("l", "", "m", "2"));
    Container read = client.containers().get("c1");
    assertThat(read.labels().map()).isEqualTo(Map.of("m", "2"));
    assertThat(read.extensions().get("ext")).isEqualTo(new TypedValue("t", new byte[] {1, 2}));
    assertThat(client.containers().list(List.of("id==c1"))).hasSize(1);
    client.containers().delete("c1");
    assertThatThrownBy(() -> client.tasks().get("c1", "")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void events_comeInOrderUntilClosed() {
    try (EventStream events =
        client.events().subscribe(List.of("namespace==" + client.namespace()))) {
      boolean listening = false;
      while (!listening) {
        client.events().publish(new Event.ImageDelete("mark"));
        listening = receives(events);
      }
      client.events().publish(new Event.ImageDelete("first"));
      client.events().publish(new Event.ImageDelete("second"));
      List<Event> got = new ArrayList<>();
      while (!got.contains(new Event.ImageDelete("second"))) {
        got.add(events.next(TIMEOUT).orElseThrow().event());
      }
      got.removeIf(new Event.ImageDelete("mark")::equals);
      assertThat(got)
          .containsExactly(new Event.ImageDelete("first"), new Event.ImageDelete("second"));
    }
  }

  private static boolean receives(EventStream events) {
    try {
      return events.next(Duration.ofMillis(100)).isPresent();
    } catch (DeadlineExceededException notYet) {
      return false;
    }
  }

  @Test
  void daemonThatIsNotThere_isUnavailable() {
    try (GantryClient nobody = GantryClient.connect(dir.resolve("no.sock"), "x", TIMEOUT)) {
      assertThatThrownBy(() -> nobody.introspection().version())
          .isInstanceOf(UnavailableException.class)
          .hasMessage("connect to %s: no such file or directory", dir.resolve("no.sock"));
    }
  }

  private Descriptor blob(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Descriptor blob =
        Descriptor.of(
            "application/vnd.oci.image.manifest.v1+json", Digest.sha256(bytes), bytes.length);
    client.content().store("blob", blob, new ByteArrayInputStream(bytes), Labels.none());
    return blob;
  }
}
