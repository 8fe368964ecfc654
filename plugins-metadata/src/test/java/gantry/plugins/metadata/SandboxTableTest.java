// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.oci.Digest;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.Sandboxes;
import gantry.testkit.Blobs;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTableTest {
  @TempDir Path directory;

  private House house;
  private Sandboxes sandboxes;

  @BeforeEach
  void open() {
    house = new House(directory);
    sandboxes = house.scope().sandboxes();
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void sandbox_isKeptByteForByte_alsoByTheNextDaemon() {
    Sandbox made = sandboxes.create(sandbox("s1"));
    sandboxes.create(sandbox("s0"));

    assertThat(made.createdAt()).isEqualTo(house.now.get());
    assertThat(made.updatedAt()).isEqualTo(house.now.get());
    assertThat(made.extensions()).isEqualTo(sandbox("s1").extensions());
    assertThat(made.sandboxer()).isEqualTo("shim");
    try (SqliteMetadata next = house.open("")) {
      Sandboxes again = next.in(Caller.of(House.NAMESPACE)).sandboxes();
      assertThat(again.get("s1")).isEqualTo(made);
      assertThat(again.list(Filter.ALL)).extracting(Sandbox::id).containsExactly("s0", "s1");
      assertThat(again.list(Filter.ALL).get(1)).isEqualTo(made);
    }
  }

  @Test
  void sandbox_ofAnotherNamespace_isNotSeen() {
    sandboxes.create(sandbox("s"));

    Sandboxes others = house.scope("other").sandboxes();
    assertThat(others.list(Filter.ALL)).isEmpty();
    assertThatThrownBy(() -> others.get("s")).isInstanceOf(NotFoundException.class);
    assertThat(others.create(sandbox("s")).id()).isEqualTo("s");
  }

  @Test
  void sandbox_isCreatedOnce_andDeletedOnce() {
    sandboxes.create(sandbox("s"));

    assertThatThrownBy(() -> sandboxes.create(sandbox("s")))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("sandbox \"s\": already exists");
    assertThatThrownBy(() -> sandboxes.create(sandbox("no such id")))
        .isInstanceOf(InvalidArgumentException.class);
    sandboxes.delete("s");
    assertThatThrownBy(() -> sandboxes.delete("s"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("sandbox \"s\" in namespace \"test\": not found");
    assertThatThrownBy(() -> sandboxes.get("s")).isInstanceOf(NotFoundException.class);
    assertThat(house.events.events()).isEmpty();
  }

  @Test
  void list_obeysItsFilter() {
    sandboxes.create(sandbox("s1"));
    sandboxes.create(sandbox("s2"));

    assertThat(sandboxes.list(FilterParser.parse(List.of("id==s2"))))
        .extracting(Sandbox::id)
        .containsExactly("s2");
    assertThat(sandboxes.list(FilterParser.parse(List.of("labels.a==1")))).hasSize(2);
    assertThat(sandboxes.list(FilterParser.parse(List.of("labels.a==2")))).isEmpty();
  }

  @Test
  void update_obeysItsMask() {
    Sandbox old = sandboxes.create(sandbox("s"));
    Sandbox wanted = changed("s", old.runtime());
    house.now.set(old.createdAt().plusSeconds(1));

    Sandbox some =
        sandboxes.update(wanted, FieldPaths.of("labels.b", "extensions.x", "extensions.z", "spec"));

    assertThat(some.labels().map()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(some.extensions()).isEqualTo(Map.of("y", value("2"), "z", value("3")));
    assertThat(some.spec()).isEqualTo(value("spec2"));
    assertThat(some.runtimeOptions()).isEqualTo(value("options"));
    assertThat(some.createdAt()).isEqualTo(old.createdAt());
    assertThat(some.updatedAt()).isEqualTo(house.now.get());
    Sandbox all = sandboxes.update(wanted, FieldPaths.none());
    assertThat(all.labels().map()).isEqualTo(Map.of("b", "2"));
    assertThat(all.extensions()).isEqualTo(Map.of("z", value("3")));
    assertThat(all.runtimeOptions()).isNull();
    assertThat(all.sandboxer()).isEqualTo("shim");
    assertThat(sandboxes.get("s")).isEqualTo(all);
  }

  @Test
  void update_ofTheRuntime_isToBeAskedFor() {
    sandboxes.create(sandbox("s"));
    Sandbox wanted = changed("s", "other");

    assertThatThrownBy(() -> sandboxes.update(wanted, FieldPaths.none()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("sandbox.Runtime.Name field is immutable");
    assertThat(sandboxes.get("s").labels().map()).isEqualTo(Map.of("a", "1"));
    assertThat(sandboxes.update(wanted, FieldPaths.of("runtime")).runtime()).isEqualTo("other");
    assertThatThrownBy(() -> sandboxes.update(wanted, FieldPaths.of("sandboxer")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("cannot update \"sandboxer\" field on sandbox \"s\"");
    assertThatThrownBy(() -> sandboxes.update(changed("t", "other"), FieldPaths.none()))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void namespace_withASandbox_isNotEmpty() {
    sandboxes.create(sandbox("s"));

    assertThatThrownBy(() -> house.metadata.namespaces().delete("test"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessage("namespace \"test\" must be empty, but it still has sandboxes");
    sandboxes.delete("s");
    house.metadata.namespaces().delete("test");
  }

  @Test
  void collection_keepsWhatASandboxNames() throws IOException {
    Digest named = Blobs.put(house.scope().content(), "a", new byte[5]);
    Digest other = Blobs.put(house.scope().content(), "b", new byte[6]);
    Labels labels = Labels.none().with("containerd.io/gc.ref.content.0", named.toString());
    sandboxes.create(sandbox("s", labels));

    house.metadata.collect();

    assertThat(blobs()).containsExactly(named).doesNotContain(other);
    sandboxes.delete("s");
    house.metadata.collect();
    assertThat(blobs()).isEmpty();
  }

  private List<Digest> blobs() throws IOException {
    List<Digest> digests = new ArrayList<>();
    house.scope().content().walk(Filter.ALL, info -> digests.add(info.digest()));
    return digests;
  }

  private static TypedValue value(String text) {
    return new TypedValue("type", text.getBytes(StandardCharsets.UTF_8));
  }

  private static Sandbox sandbox(String id) {
    return sandbox(id, Labels.none().with("a", "1"));
  }

  private static Sandbox sandbox(String id, Labels labels) {
    return new Sandbox(
        id,
        labels,
        "io.containerd.runc.v2",
        value("options"),
        value("spec"),
        "shim",
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of("x", value("1"), "y", value("2")));
  }

  private static Sandbox changed(String id, String runtime) {
    return new Sandbox(
        id,
        Labels.none().with("b", "2"),
        runtime,
        null,
        value("spec2"),
        "other",
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of("z", value("3")));
  }
}
