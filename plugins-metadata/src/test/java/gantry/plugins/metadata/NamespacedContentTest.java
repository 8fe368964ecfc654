// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.content.BlobInfo;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.LeaseResource;
import gantry.metadata.Caller;
import gantry.metadata.Scope;
import gantry.namespaces.NamespaceInfo;
import gantry.oci.Digest;
import gantry.testkit.Blobs;
import gantry.testkit.ContentStoreContract;
import gantry.testkit.IngestContract;
import gantry.testkit.ResumeContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacedContentTest implements ContentStoreContract, IngestContract, ResumeContract {
  private static final byte[] CONTENT = Blobs.random(7, 3000);
  private static final Digest DIGEST = Digest.sha256(CONTENT);

  private final Map<Path, House> houses = new HashMap<>();

  @Override
  public ContentStore open(Path root) {
    return house(root).scope().content();
  }

  private House house(Path root) {
    return houses.computeIfAbsent(root, path -> new House(path, "shared", false));
  }

  @AfterEach
  void close() {
    houses.values().forEach(House::close);
  }

  @Test
  void readersAndWriters_giveTheRawStoreBack(@TempDir Path root) throws IOException {
    House house = house(root);
    Blobs.put(house.scope("a").content(), "ref", CONTENT);
    writer(house.scope("b"), "ref").close();
    Blobs.get(house.scope("a").content(), DIGEST);

    assertThat(house.contentHandle.openLeases()).isZero();
  }

  private static ContentWriter writer(Scope scope, String ref) throws IOException {
    return scope.content().writer(new IngestRequest(ref, CONTENT.length, DIGEST));
  }

  @Test
  void namespaces_doNotSeeEachOthersBlobs(@TempDir Path root) throws IOException {
    House house = house(root);
    Blobs.put(house.scope("a").content(), "ref", CONTENT);
    ContentStore other = house.scope("b").content();

    assertThatThrownBy(() -> other.info(DIGEST)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> other.reader(DIGEST)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> other.delete(DIGEST)).isInstanceOf(NotFoundException.class);
    assertThat(house.metadata.namespaces().list(Filter.ALL))
        .extracting(NamespaceInfo::name)
        .containsExactly("a");
  }

  @Test
  void shared_ingestOfBlobOfAnotherNamespace_beginsComplete(@TempDir Path root) throws IOException {
    House house = house(root);
    Blobs.put(house.scope("a").content(), "ref", CONTENT);

    try (ContentWriter writer = writer(house.scope("b"), "ref")) {
      assertThat(writer.status().offset()).isEqualTo(CONTENT.length);
      assertThat(writer.digest()).isEqualTo(DIGEST);
      assertThatThrownBy(() -> writer.commit(1, DIGEST, Labels.none()))
          .isInstanceOf(FailedPreconditionException.class);
      writer.commit(CONTENT.length, DIGEST, Labels.of(Map.of("x", "y")));
    }
    assertThat(Blobs.get(house.scope("b").content(), DIGEST)).isEqualTo(CONTENT);
    assertThat(house.scope("b").content().info(DIGEST).labels().map()).isEqualTo(Map.of("x", "y"));
    assertThat(house.rawContent.blobCount()).isEqualTo(1);
    assertThat(house.rawContent.ingestCount()).isZero();
  }

  @Test
  void shared_ingestThatIsWrittenTo_takesItsOwnBytes(@TempDir Path root) throws IOException {
    House house = house(root);
    Blobs.put(house.scope("a").content(), "ref", CONTENT);
    byte[] longer = new byte[CONTENT.length + 1];
    System.arraycopy(CONTENT, 0, longer, 0, CONTENT.length);

    try (ContentWriter writer = writer(house.scope("b"), "ref")) {
      writer.write(ByteBuffer.wrap(new byte[1]));
      assertThat(writer.commit(0, null, Labels.none())).isEqualTo(Digest.sha256(longer));
    }
    try (ContentWriter writer = writer(house.scope("b"), "again")) {
      writer.truncate(0);
      assertThat(writer.status().offset()).isZero();
      writer.write(ByteBuffer.wrap(CONTENT));
      assertThat(writer.commit(CONTENT.length, DIGEST, Labels.none())).isEqualTo(DIGEST);
    }
  }

  @Test
  void isolated_ingestNeedsTheBytes_unlessTheirNamespaceSharesThem(@TempDir Path root)
      throws IOException {
    try (House house = new House(root, "isolated", false)) {
      Blobs.put(house.scope("a").content(), "ref", CONTENT);
      try (ContentWriter writer = writer(house.scope("b"), "ref")) {
        assertThat(writer.status().offset()).isZero();
        writer.write(ByteBuffer.wrap(CONTENT));
        writer.commit(CONTENT.length, DIGEST, Labels.none());
      }
      house
          .metadata
          .namespaces()
          .update(
              new NamespaceInfo("a", Labels.of(Map.of(WellKnown.NAMESPACE_SHAREABLE, "true"))),
              FieldPaths.none());
      try (ContentWriter writer = writer(house.scope("c"), "ref")) {
        assertThat(writer.status().offset()).isEqualTo(CONTENT.length);
      }
    }
  }

  @Test
  void policy_thatIsNotKnown_isRefused(@TempDir Path root) {
    assertThatThrownBy(() -> new House(root, "private", false).close())
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("content_sharing_policy");
  }

  @Test
  void existing_isAddedToTheLease(@TempDir Path root) throws IOException {
    House house = house(root);
    Blobs.put(house.scope().content(), "ref", CONTENT);
    Scope leased = house.leased("lease", Labels.none());

    assertThatThrownBy(() -> writer(leased, "ref")).isInstanceOf(AlreadyExistsException.class);
    assertThat(leased.leases().resources("lease"))
        .containsExactly(new LeaseResource("content", DIGEST.toString()));
  }

  @Test
  void lease_keepsTheIngestThenTheBlob(@TempDir Path root) throws IOException {
    House house = house(root);
    Scope leased = house.leased("lease", Labels.none());
    try (ContentWriter writer = writer(leased, "ref")) {
      assertThat(leased.leases().resources("lease"))
          .containsExactly(new LeaseResource("ingests", "ref"));
      writer.write(ByteBuffer.wrap(CONTENT));
      writer.commit(0, null, Labels.none());
    }
    assertThat(leased.leases().resources("lease"))
        .containsExactly(new LeaseResource("content", DIGEST.toString()));
  }

  @Test
  void lease_thatDoesNotExist_isNotFound(@TempDir Path root) {
    House house = house(root);
    Scope scope = house.metadata.in(new Caller(House.NAMESPACE, "nothing"));

    assertThatThrownBy(() -> writer(scope, "ref"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("lease does not exist");
    assertThat(house.rawContent.ingestCount()).isZero();
    assertThatThrownBy(() -> house.scope().content().status("ref"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void update_changesLabels(@TempDir Path root) throws IOException {
    ContentStore content = house(root).scope().content();
    Blobs.put(content, "ref", CONTENT, Labels.of(Map.of("a", "1", "b", "2")));
    BlobInfo old = content.info(DIGEST);
    BlobInfo wanted =
        new BlobInfo(
            DIGEST, 0, old.createdAt(), old.updatedAt(), Labels.of(Map.of("b", "3", "c", "4")));

    assertThat(content.update(wanted, FieldPaths.of("labels.a", "labels.c")).labels().map())
        .isEqualTo(Map.of("b", "2", "c", "4"));
    assertThat(content.update(wanted, FieldPaths.none()).labels()).isEqualTo(wanted.labels());
    assertThat(content.info(DIGEST).size()).isEqualTo(CONTENT.length);
    assertThatThrownBy(() -> content.update(wanted, FieldPaths.of("size")))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void events_tellOfCommitAndDelete(@TempDir Path root) throws IOException {
    House house = house(root);
    Blobs.put(house.scope().content(), "ref", CONTENT);
    house.scope().content().delete(DIGEST);

    assertThat(house.events.events())
        .containsExactly(
            new Event.ContentCreate(DIGEST.toString(), CONTENT.length),
            new Event.ContentDelete(DIGEST.toString()));
    assertThat(house.metadata.changes().deletions()).isEqualTo(1);
  }
}
