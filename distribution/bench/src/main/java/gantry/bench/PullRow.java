// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.bench.Images.Compression;
import gantry.bench.Images.Kind;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.oci.Platform;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Images pulled and unpacked that no daemon has seen before, in two ways: fetched by the client, as
 * {@code ctr} 1.x does it, with the daemon only storing and unpacking; and by the daemon, in one
 * call of the transfer service. Each turn has an image of its own and nothing is deleted before the
 * end, since ext4 is slow for minutes where many inodes have just been freed.
 */
final class PullRow implements Row {
  @Override
  public String name() {
    return "pull";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    int rounds = settings.rounds(3, 1);
    stage.quiet();
    try (Registry registry = Registry.start(stage.directory("registry"));
        Pair pair = stage.fresh()) {
      stage.keep(registry);
      Images images = new Images(registry, settings.work(), settings.isShort());
      List<String> references = new ArrayList<>();
      long seed = 0; // never one twice: a daemon that knows a layer does not unpack it again
      for (int i = 0; i < 2; i++) {
        references.add(images.make(Kind.MANY, Compression.GZIP, seed++));
      }
      for (Kind kind : Kind.values()) {
        for (Compression compression : Compression.values()) {
          for (int i = 0; i < 2 * rounds; i++) {
            references.add(images.make(kind, compression, seed++));
          }
        }
      }
      pull(stage, report, pair, references.iterator(), rounds);
    }
  }

  private void pull(Stage stage, Report report, Pair pair, Iterator<String> references, int rounds)
      throws Exception {
    boolean isLocal = pair.gantry().ctr("images", "pull", "--help").contains("--local");
    boolean canTransfer = warmUp(pair, references.next(), references.next(), isLocal);
    String note = canTransfer ? "" : "the peer cannot: its ctr pull instead";
    Turns turns = new Turns(pair, 0, rounds);
    for (Kind kind : Kind.values()) {
      for (Compression compression : Compression.values()) {
        String name =
            "pull, %s, %s".formatted(kind.words(), compression.name().toLowerCase(Locale.ROOT));
        List<String> first = take(references, rounds);
        Series byClient =
            turns.take(
                (side, number) -> timed(stage, () -> byClient(side, first.get(number), isLocal)));
        report.less(name(), name + ", by ctr", "ms", byClient, shortly(stage));
        List<String> second = take(references, rounds);
        Series.Builder processor = new Series.Builder();
        Series byDaemon =
            turns.take(
                (side, number) ->
                    timed(
                        stage,
                        () -> {
                          if (side.isPeer() && !canTransfer) {
                            byClient(side, second.get(number), isLocal);
                          } else {
                            byDaemon(side, second.get(number));
                          }
                        }),
                processor);
        report.less(name(), name + ", by the daemon", "ms", byDaemon, note);
        Turns.processor(report, name(), "processor time of that " + name, processor, note);
      }
    }
  }

  /** Whether the peer has the transfer service. */
  private static boolean warmUp(Pair pair, String first, String second, boolean isLocal)
      throws Exception {
    for (Side side : pair.sides()) {
      byClient(side, first, isLocal);
    }
    byDaemon(pair.gantry(), second);
    try {
      byDaemon(pair.peer(), second);
      return true;
    } catch (UnimplementedException e) {
      return false;
    }
  }

  /** What was written before is on the disk when it begins, and does not count. */
  private static double timed(Stage stage, Turns.Act act) throws Exception {
    if (!stage.settings().isShort()) {
      String _ = Programs.run(List.of("sync"));
    }
    return Turns.millis(act);
  }

  private static void byClient(Side side, String reference, boolean isLocal) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("images", "pull", "--plain-http"));
    if (isLocal) {
      arguments.add("--local");
    }
    arguments.add(reference);
    String _ = side.ctr(arguments.toArray(String[]::new));
  }

  private static void byDaemon(Side side, String reference) throws Exception {
    RegistryAccess any = RegistryAccess.anonymous();
    RegistryAccess plain =
        new RegistryAccess(
            any.headers(), any.hostsDirectory(), "http", any.debug(), null, any.credentials());
    StoredImage image =
        new StoredImage(
            reference,
            Labels.none(),
            List.of(Platform.host()),
            false,
            0,
            List.of(),
            List.of(new StoredImage.UnpackTarget(Platform.host(), Side.SNAPSHOTTER)));
    side.client().transfers().pull(new RegistryImage(reference, plain), image, progress -> {});
  }

  private static List<String> take(Iterator<String> references, int count) {
    String[] taken = new String[count];
    Arrays.setAll(taken, i -> references.next());
    return List.of(taken);
  }

  private static String shortly(Stage stage) {
    return stage.settings().isShort() ? "small images" : "";
  }
}
