// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.content.ContentReader;
import gantry.errors.NotFoundException;
import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.StoreUsage;
import gantry.metadata.StoreUsage.Amount;
import gantry.oci.Digest;
import gantry.testkit.FixedHandle;
import gantry.wire.AdminWire;
import io.gantry.admin.v1.AdminGrpc;
import io.gantry.admin.v1.CollectRequest;
import io.gantry.admin.v1.CollectResponse;
import io.gantry.admin.v1.DiskUsageRequest;
import io.gantry.admin.v1.VerifyContentRequest;
import io.gantry.admin.v1.VerifyContentResponse;
import io.gantry.admin.v1.VerifyContentResponse.State;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AdminServiceTest {
  private static final Garbage GARBAGE = new Garbage("ns", "content", "sha256:x", 7, "because");
  private static final Garbage ORPHAN = new Garbage("", "blob", "sha256:y", 8, "nobody's");

  private final Fakes fakes = new Fakes();

  private static AdminService service(Metadata metadata) {
    return new AdminService(FixedHandle.of("io.containerd.metadata.v1.bolt", metadata));
  }

  private static List<CollectResponse> collect(AdminService service, boolean isDryRun)
      throws Exception {
    List<CollectResponse> answers = new ArrayList<>();
    try (Served served = Served.withoutNamespace(service)) {
      AdminGrpc.newBlockingStub(served.channel())
          .collect(CollectRequest.newBuilder().setDryRun(isDryRun).build())
          .forEachRemaining(answers::add);
    }
    return answers;
  }

  @Test
  @SuppressWarnings("unchecked")
  void collect_tellsWhatWent_thenHowMuch() throws Exception {
    GcStats stats = new GcStats(Map.of("content", 1), Duration.ofMillis(3));
    Metadata metadata =
        fakes.of(
            Metadata.class,
            Map.of(
                "collect",
                arguments -> {
                  ((Consumer<Garbage>) arguments[0]).accept(GARBAGE);
                  return stats;
                }));

    List<CollectResponse> answers = collect(service(metadata), false);

    assertThat(answers).hasSize(2);
    assertThat(AdminWire.decode(answers.getFirst().getRemoved())).isEqualTo(GARBAGE);
    assertThat(AdminWire.decode(answers.getLast().getSummary())).isEqualTo(stats);
  }

  @Test
  void collect_thatIsDry_onlyPlans() throws Exception {
    Metadata metadata =
        fakes.of(Metadata.class, Map.of("plan", arguments -> List.of(GARBAGE, ORPHAN)));

    List<CollectResponse> answers = collect(service(metadata), true);

    assertThat(answers).hasSize(3);
    assertThat(AdminWire.decode(answers.get(1).getRemoved())).isEqualTo(ORPHAN);
    assertThat(answers.getLast().getSummary().getRemovedMap()).isEqualTo(Map.of("content", 1));
    assertThat(fakes.calls()).containsExactly("plan[]");
  }

  @Test
  void verify_tellsGoodFromCorruptFromMissing() throws Exception {
    Digest good = Digest.sha256("good".getBytes(UTF_8));
    Digest bad = Digest.sha256("bad".getBytes(UTF_8));
    Digest gone = Digest.sha256("gone".getBytes(UTF_8));
    var content =
        fakes.of(
            gantry.content.ContentStore.class,
            Map.of(
                "reader",
                arguments -> {
                  if (arguments[0].equals(gone)) {
                    throw new NotFoundException("gone");
                  }
                  return new Bytes("good".getBytes(UTF_8));
                }));
    Metadata metadata = fakes.metadata(Map.of("content", arguments -> content));
    List<VerifyContentResponse> answers = new ArrayList<>();
    try (Served served = Served.in("ns", service(metadata))) {
      AdminGrpc.newBlockingStub(served.channel())
          .verifyContent(
              VerifyContentRequest.newBuilder()
                  .addDigests(good.toString())
                  .addDigests(bad.toString())
                  .addDigests(gone.toString())
                  .build())
          .forEachRemaining(answers::add);
    }
    assertThat(answers)
        .extracting(VerifyContentResponse::getState)
        .containsExactly(State.GOOD, State.CORRUPT, State.MISSING);
    assertThat(answers.get(1).getFound()).isEqualTo(good.toString());
    assertThat(answers.getFirst().getBytes()).isEqualTo(4);
  }

  private static final class Bytes implements ContentReader {
    private final byte[] bytes;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(ByteBuffer target, long offset) {
      if (offset >= bytes.length) {
        return -1;
      }
      int count = (int) Math.min(target.remaining(), bytes.length - offset);
      target.put(bytes, (int) offset, count);
      return count;
    }

    @Override
    public void close() {}
  }

  @Test
  void usage_comesAsItIsCounted() throws Exception {
    StoreUsage usage =
        new StoreUsage(
            new Amount(1, 2, 3),
            new TreeMap<>(Map.of("overlayfs", new Amount(4, 5, 6))),
            new Amount(7, 8, 9),
            Amount.NONE);
    Metadata metadata = fakes.of(Metadata.class, Map.of("usage", arguments -> usage));
    try (Served served = Served.withoutNamespace(service(metadata))) {
      assertThat(
              AdminWire.decode(
                  AdminGrpc.newBlockingStub(served.channel())
                      .diskUsage(DiskUsageRequest.getDefaultInstance())))
          .isEqualTo(usage);
    }
  }
}
