// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.networks.NetworkRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkInspectionTest {
  @TempDir Path root;
  private final List<String> detached = new ArrayList<>();

  private NetworkInspection inspection() {
    AttachmentStore store = new AttachmentStore(root);
    return new NetworkInspection(
        store,
        id -> {
          detached.add(id);
          store.end(id);
        });
  }

  private Path attach(String id) throws IOException {
    Path namespace = Files.createFile(root.resolve("netns-" + id));
    new AttachmentStore(root).begin(new NetworkRequest(id, namespace, Map.of(), Map.of()));
    return namespace;
  }

  @Test
  void container_withItsNamespace_isNoFinding() throws IOException {
    attach("a");

    assertThat(inspection().inspect()).isEmpty();
  }

  @Test
  void container_withoutItsNamespace_isFoundAndDetachedOnce() throws IOException {
    attach("a");
    Files.delete(attach("b"));

    Finding found = inspection().inspect().getFirst();
    inspection().mend(found);
    inspection().mend(found);

    assertThat(found.name()).isEqualTo("b");
    assertThat(found.reason()).contains("netns-b");
    assertThat(detached).containsExactly("b");
    assertThat(inspection().inspect()).isEmpty();
  }

  @Test
  void container_whoseNamespaceIsBack_stays() throws IOException {
    Path namespace = attach("a");
    Files.delete(namespace);
    Finding found = inspection().inspect().getFirst();
    Files.createFile(namespace);

    assertThatThrownBy(() -> inspection().mend(found))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(detached).isEmpty();
  }

  @Test
  void record_thatIsNotWhole_isFoundWhenNobodyCanBeAtIt() throws IOException {
    Path record = Files.createDirectories(root.resolve("attached/half"));

    assertThat(inspection().inspect()).isEmpty();
    Files.setLastModifiedTime(record, FileTime.from(Instant.now().minusSeconds(600)));

    assertThat(inspection().inspect()).extracting(Finding::name).containsExactly("half");
  }

  @Test
  void mend_ofAnotherKind_isRefused() {
    Finding forged = new Finding("cgroup", "a", null, -1, "", "", "");

    assertThatThrownBy(() -> inspection().mend(forged))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
