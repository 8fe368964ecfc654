// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Much garbage collected at once, and what somebody who makes containers feels of it. */
final class GcRow implements Row {
  private static final int WRITERS = 16;

  @Override
  public String name() {
    return "gc";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    int count = settings.many(10_000, 100);
    int calm = settings.many(300, 10);
    Series.Builder idle = new Series.Builder();
    Series.Builder during = new Series.Builder();
    Series.Builder felt = new Series.Builder();
    stage.quiet();
    try (Pair pair = stage.fresh()) {
      for (Side side : pair.sides()) {
        Samples _ = creates(side, "warm", settings.many(100, 2), new CompletableFuture<>());
      }
      Series collection =
          new Turns(pair, 0, settings.rounds(2, 1))
              .take(
                  (side, number) -> {
                    String lease = "gc" + number;
                    fill(side, lease, count);
                    CompletableFuture<Double> end = new CompletableFuture<>();
                    double before = creates(side, "idle" + number, calm, end).p99();
                    Thread _ = Thread.startVirtualThread(() -> collect(side, lease, end));
                    double meanwhile = creates(side, "busy" + number, 0, end).p99();
                    idle.add(side, before);
                    during.add(side, meanwhile);
                    felt.add(side, meanwhile / before);
                    return end.join();
                  });
      String garbage = "%,d snapshots and %,d blobs".formatted(count, count);
      report.less(
          name(), "collect " + garbage, "ms", collection, "a lease deleted, waiting for it");
      report.less(name(), "create and delete, nothing collected, p99", "ms", idle.build(), "");
      report.less(name(), "create and delete during the collection, p99", "ms", during.build(), "");
      report.less(name(), "the latter by the former", "", felt.build(), "1 would be unfelt");
    }
  }

  /** Makes and removes containers so many times, and on until the end comes if that is 0. */
  private static Samples creates(Side side, String prefix, int times, CompletableFuture<Double> end)
      throws Exception {
    List<Double> took = new ArrayList<>();
    Workload workload = side.workload();
    do {
      String id = prefix + "-" + took.size();
      took.add(Turns.millis(() -> CreateRow.once(workload, id)));
    } while (times > 0 ? took.size() < times : !end.isDone());
    return new Samples(took);
  }

  private static void collect(Side side, String lease, CompletableFuture<Double> end) {
    try (GantryClient client = side.daemon().connect()) {
      end.complete(Turns.millis(() -> client.leases().delete(lease, true)));
    } catch (Exception e) {
      end.completeExceptionally(e);
    }
  }

  /** Makes what only a lease keeps. */
  private static void fill(Side side, String lease, int count) throws Exception {
    Lease _ = side.client().leases().create(lease, Labels.none());
    List<Boolean> _ =
        Crowd.act(
            WRITERS,
            writer -> {
              try (GantryClient client = side.daemon().connect()) {
                for (int i = writer; i < count; i += WRITERS) {
                  make(client.under(lease), lease + "-" + i);
                }
              }
              return true;
            });
  }

  private static void make(GantryClient client, String name) throws IOException {
    List<Mount> _ = client.snapshots(Side.SNAPSHOTTER).prepare(name, "", Labels.none());
    byte[] data = name.repeat(100).getBytes(StandardCharsets.UTF_8);
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(data), data.length);
    client.content().store(name, blob, new ByteArrayInputStream(data), Labels.none());
  }
}
