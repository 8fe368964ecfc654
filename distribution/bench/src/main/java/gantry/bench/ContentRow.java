// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.ContentClient;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Large blobs taken in, made durable, and given out again. */
final class ContentRow implements Row {
  private static final Labels KEPT =
      Labels.of(Map.of("containerd.io/gc.root", "2026-01-01T00:00:00Z"));
  private static final double BYTES_PER_MEGABYTE = 1e6;
  private static final double MILLIS_PER_SECOND = 1000;

  @Override
  public String name() {
    return "content";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    int size = settings.many(128, 8) << 20;
    int rounds = settings.rounds(7, 2);
    int warmUp = settings.many(2, 1);
    byte[] data = new byte[size];
    new SplittableRandom(7).nextBytes(data);
    List<Descriptor> blobs = new ArrayList<>();
    Turns turns = new Turns(stage.shared(), warmUp, rounds);
    Series written =
        turns.take(
            (side, number) -> {
              if (!side.isPeer()) {
                data[0]++; // another blob in each round, the same for both
                blobs.add(Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(data), size));
              }
              ContentClient content = side.client().content();
              return speed(
                  size,
                  () ->
                      content.store(
                          "in" + number, blobs.getLast(), new ByteArrayInputStream(data), KEPT));
            });
    report.more(name(), "content in, fsync on commit", "MB/s", written, size / 1e6 + " MB each");
    Series read = turns.take((side, number) -> speed(size, () -> read(side, blobs.get(number))));
    report.more(name(), "content out", "MB/s", read, "from the page cache");
    for (Side side : stage.shared().sides()) {
      blobs.forEach(blob -> side.client().content().delete(blob.digest()));
    }
  }

  private static void read(Side side, Descriptor blob) throws Exception {
    byte[] buffer = new byte[1 << 20];
    long total = 0;
    try (InputStream in = side.client().content().read(blob.digest(), 0)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        total += got;
      }
    }
    if (total != blob.size()) {
      throw new IllegalStateException(
          "read %s: %d bytes of %d".formatted(blob.digest(), total, blob.size()));
    }
  }

  private static double speed(long bytes, Turns.Act act) throws Exception {
    return bytes / BYTES_PER_MEGABYTE * MILLIS_PER_SECOND / Turns.millis(act);
  }
}
