// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.containers.Container;
import gantry.containers.Containers;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.images.Image;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;
import gantry.leases.Leases;
import gantry.metadata.Scope;
import gantry.namespaces.NamespaceInfo;
import gantry.namespaces.Namespaces;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.testkit.Blobs;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  private static final Digest DIGEST = Digest.sha256(new byte[1]);
  private static final Digest OTHER = Digest.sha256(new byte[2]);

  @TempDir Path root;
  private House house;

  @BeforeEach
  void open() {
    house = new House(root);
  }

  @AfterEach
  void close() {
    house.close();
  }

  private static Labels labels(String... pairs) {
    Labels labels = Labels.none();
    for (int i = 0; i < pairs.length; i += 2) {
      labels = labels.with(pairs[i], pairs[i + 1]);
    }
    return labels;
  }

  private static Image image(String name, Labels labels) {
    return new Image(
        name,
        labels,
        new Descriptor("type", DIGEST, 10, Map.of("k", "v")),
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private static TypedValue value(String text) {
    return new TypedValue("type", text.getBytes(StandardCharsets.UTF_8));
  }

  private static Container container(String id) {
    return new Container(
        id,
        labels("a", "1"),
        "image",
        "io.containerd.runc.v2",
        value("options"),
        value("spec"),
        "overlayfs",
        "snap",
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of("x", value("1"), "y", value("2")),
        "sandbox");
  }

  @Test
  void namespace_ofAnyWrite_isThere() {
    Namespaces namespaces = house.metadata.namespaces();
    assertThat(namespaces.labels("test")).isEqualTo(Labels.none());
    house.scope().images().create(image("a", Labels.none()), null);

    assertThat(namespaces.list(Filter.ALL)).extracting(NamespaceInfo::name).containsExactly("test");
    assertThatThrownBy(() -> namespaces.create(new NamespaceInfo("test", Labels.none())))
        .isInstanceOf(AlreadyExistsException.class);
  }

  @Test
  void namespace_labels_areMaskedByKey() {
    Namespaces namespaces = house.metadata.namespaces();
    namespaces.create(new NamespaceInfo("a", labels("k", "1", "l", "2")));
    namespaces.update(new NamespaceInfo("a", labels("l", "3")), FieldPaths.of("labels.k"));
    assertThat(namespaces.labels("a")).isEqualTo(labels("l", "2"));
    namespaces.update(new NamespaceInfo("a", labels("m", "4")), FieldPaths.none());
    assertThat(namespaces.labels("a")).isEqualTo(labels("m", "4"));
    assertThatThrownBy(
            () -> namespaces.update(new NamespaceInfo("a", labels()), FieldPaths.of("labels")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> namespaces.create(new NamespaceInfo("a b", Labels.none())))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void namespace_withSomethingInIt_cannotBeDeleted() throws IOException {
    Scope scope = house.scope();
    scope.images().create(image("a", Labels.none()), null);
    Blobs.put(scope.content(), "ref", new byte[5]);
    scope.containers().create(container("c"));
    house.layer("base", "");
    scope.leases().create("l", Labels.none());

    assertThatThrownBy(() -> house.metadata.namespaces().delete("test"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessage(
            "namespace \"test\" must be empty, but it still has images, blobs, containers,"
                + " snapshots on \"overlayfs\" snapshotter");

    scope.images().delete("a", null);
    scope.content().delete(Digest.sha256(new byte[5]));
    scope.containers().delete("c");
    house.snapshots().remove("base");
    house.metadata.namespaces().delete("test");
    assertThat(house.metadata.namespaces().list(Filter.ALL)).isEmpty();
    assertThat(scope.leases().list(Filter.ALL)).isEmpty();
    assertThatThrownBy(() -> house.metadata.namespaces().delete("test"))
        .isInstanceOf(NotFoundException.class);
    assertThat(house.events.events()).endsWith(new Event.NamespaceDelete("test"));
  }

  @Test
  void image_isCreatedOnce_withTimesOfTheServer() {
    Images images = house.scope().images();
    Image made = images.create(image("a", labels("x", "y")), null);

    assertThat(made.createdAt()).isEqualTo(house.now.get());
    assertThat(images.get("a")).isEqualTo(made);
    assertThat(images.create(image("b", Labels.none()), Instant.EPOCH).updatedAt())
        .isEqualTo(Instant.EPOCH);
    assertThatThrownBy(() -> images.create(image("a", Labels.none()), null))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("image \"a\": already exists");
    assertThatThrownBy(() -> images.get("c")).isInstanceOf(NotFoundException.class);
    assertThat(images.list(FilterParser.parse(List.of("labels.x==y"))))
        .extracting(Image::name)
        .containsExactly("a");
    assertThat(house.scope("other").images().list(Filter.ALL)).isEmpty();
    assertThat(house.events.events())
        .containsExactly(
            new Event.ImageCreate("a", Map.of("x", "y")), new Event.ImageCreate("b", Map.of()));
  }

  @Test
  void image_thatIsNotComplete_isRefused() {
    Images images = house.scope().images();
    for (Image bad :
        List.of(
            image("", Labels.none()),
            new Image("a", labels(), Descriptor.of("t", DIGEST, 0), Instant.EPOCH, Instant.EPOCH),
            new Image("a", labels(), Descriptor.of("", DIGEST, 1), Instant.EPOCH, Instant.EPOCH))) {
      assertThatThrownBy(() -> images.create(bad, null))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void image_update_obeysItsMask() {
    Images images = house.scope().images();
    images.create(image("a", labels("x", "1", "y", "2")), null);
    Instant created = house.now.get();
    house.now.set(created.plusSeconds(5));
    Image wanted =
        new Image(
            "a",
            labels("y", "3", "z", "4"),
            new Descriptor("other", OTHER, 20, Map.of("k", "w", "l", "m")),
            Instant.EPOCH,
            Instant.EPOCH);

    Image one = images.update(wanted, FieldPaths.of("labels.x", "labels.z", "annotations.l"), null);
    assertThat(one.labels()).isEqualTo(labels("y", "2", "z", "4"));
    assertThat(one.target())
        .isEqualTo(new Descriptor("type", DIGEST, 10, Map.of("k", "v", "l", "m")));
    assertThat(images.update(wanted, FieldPaths.of("target"), null).target())
        .isEqualTo(wanted.target());
    Image all = images.update(wanted, FieldPaths.none(), null);
    assertThat(all)
        .isEqualTo(
            new Image("a", wanted.labels(), wanted.target(), created, created.plusSeconds(5)));
    assertThat(images.get("a")).isEqualTo(all);
    assertThatThrownBy(() -> images.update(wanted, FieldPaths.of("name"), null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> images.update(image("b", labels()), FieldPaths.none(), null))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void image_delete_checksTheTarget() {
    Images images = house.scope().images();
    images.create(image("a", Labels.none()), null);
    assertThatThrownBy(() -> images.delete("a", OTHER)).isInstanceOf(NotFoundException.class);
    images.delete("a", DIGEST);
    assertThatThrownBy(() -> images.delete("a", null)).isInstanceOf(NotFoundException.class);
    assertThat(house.events.topics()).containsExactly("/images/create", "/images/delete");
  }

  @Test
  void image_isLeasedOnlyIfItExpires() {
    Scope leased = house.leased("l", Labels.none());
    leased.images().create(image("a", Labels.none()), null);
    leased.images().create(image("b", labels(WellKnown.GC_EXPIRE, "2026-01-02T00:00:00Z")), null);
    assertThat(leased.leases().resources("l")).containsExactly(new LeaseResource("images", "b"));
    leased.images().delete("b", null);
    assertThat(leased.leases().resources("l")).isEmpty();
  }

  @Test
  void container_isKeptByteForByte() {
    Containers containers = house.scope().containers();
    Container made = containers.create(container("c1"));

    assertThat(containers.get("c1")).isEqualTo(made);
    assertThat(made.createdAt()).isEqualTo(house.now.get());
    containers.create(container("c0"));
    List<Container> all = new ArrayList<>();
    containers.walk(Filter.ALL, all::add);
    assertThat(all).extracting(Container::id).containsExactly("c0", "c1");
    assertThat(all.get(1)).isEqualTo(made);
    assertThatThrownBy(() -> containers.create(container("c1")))
        .isInstanceOf(AlreadyExistsException.class);
  }

  @Test
  void container_update_obeysItsMask() {
    Containers containers = house.scope().containers();
    Container old = containers.create(container("c"));
    Container wanted =
        new Container(
            "c",
            labels("b", "2"),
            "other",
            old.runtime(),
            null,
            value("spec2"),
            "overlayfs",
            "snap2",
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of("y", value("3")),
            "");

    Container one =
        containers.update(
            wanted, FieldPaths.of("labels.b", "extensions.x", "extensions.y", "spec"));
    assertThat(one.labels()).isEqualTo(labels("a", "1", "b", "2"));
    assertThat(one.extensions()).isEqualTo(Map.of("y", value("3")));
    assertThat(one.spec()).isEqualTo(value("spec2"));
    assertThat(one.image()).isEqualTo("image");
    Container all = containers.update(wanted, FieldPaths.none());
    assertThat(all.labels()).isEqualTo(labels("b", "2"));
    assertThat(all.image()).isEqualTo("other");
    assertThat(all.snapshotKey()).isEqualTo("snap2");
    assertThat(all.runtimeOptions()).isEqualTo(value("options"));
    assertThat(all.sandboxId()).isEqualTo("sandbox");
    assertThat(containers.get("c")).isEqualTo(all);
    assertThat(house.events.events())
        .endsWith(new Event.ContainerUpdate("c", "other", Map.of("b", "2"), "snap2"));
  }

  @Test
  void container_update_ofWhatCannotChange_isRefused() {
    Containers containers = house.scope().containers();
    containers.create(container("c"));
    Container runtime =
        new Container(
            "c",
            labels(),
            "",
            "other",
            null,
            value("s"),
            "overlayfs",
            "",
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of(),
            "");
    assertThatThrownBy(() -> containers.update(runtime, FieldPaths.none()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Runtime.Name");
    assertThatThrownBy(() -> containers.update(container("c"), FieldPaths.of("runtime")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> containers.update(container("d"), FieldPaths.none()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> containers.delete("d"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("container \"d\" in namespace \"test\": not found");
    containers.delete("c");
    assertThatThrownBy(() -> containers.get("c")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void container_thatIsNotComplete_isRefused() {
    Containers containers = house.scope().containers();
    Container base = container("c");
    for (Container bad :
        List.of(
            container("-c"),
            with(base, "", base.spec(), "overlayfs"),
            with(base, "runc", null, "overlayfs"),
            with(base, "runc", base.spec(), ""))) {
      assertThatThrownBy(() -> containers.create(bad)).isInstanceOf(InvalidArgumentException.class);
    }
  }

  private static Container with(
      Container base, String runtime, @Nullable TypedValue spec, String snapshotter) {
    return new Container(
        base.id(),
        base.labels(),
        base.image(),
        runtime,
        null,
        spec,
        snapshotter,
        base.snapshotKey(),
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of(),
        "");
  }

  @Test
  void lease_isCreatedListedDeleted() {
    Leases leases = house.scope().leases();
    Lease made = leases.create("l", labels("x", "1"));
    Lease generated = leases.create("", Labels.none());

    assertThat(generated.id()).matches("[0-9]+-[A-Za-z0-9_-]{4}");
    assertThat(leases.list(Filter.ALL)).containsExactlyInAnyOrder(made, generated);
    assertThat(leases.list(FilterParser.parse(List.of("id==l")))).containsExactly(made);
    assertThatThrownBy(() -> leases.create("l", Labels.none()))
        .isInstanceOf(AlreadyExistsException.class);
    leases.delete("l");
    assertThatThrownBy(() -> leases.delete("l")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void lease_keepsResourcesOfKnownTypes() {
    Leases leases = house.scope().leases();
    leases.create("l", Labels.none());
    List<LeaseResource> good =
        List.of(
            new LeaseResource("content", DIGEST.toString()),
            new LeaseResource("images", "i"),
            new LeaseResource("ingests", "r"),
            new LeaseResource("snapshots/overlayfs", "s"));
    good.forEach(resource -> leases.add("l", resource));
    leases.add("l", good.getFirst());
    assertThat(leases.resources("l")).isEqualTo(good);
    leases.remove("l", good.get(1));
    leases.remove("l", good.get(1));
    assertThat(leases.resources("l")).hasSize(3);

    for (String type : List.of("snapshots", "snapshots/a/b", "content/x")) {
      assertThatThrownBy(() -> leases.add("l", new LeaseResource(type, "x")))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> leases.add("l", new LeaseResource("content", "x")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> leases.add("l", new LeaseResource("mounts", "x")))
        .isInstanceOf(UnimplementedException.class);
    assertThatThrownBy(() -> leases.add("m", good.getFirst()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> leases.resources("m")).isInstanceOf(NotFoundException.class);
  }
}
