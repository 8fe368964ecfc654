// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.client.ContentClient;
import gantry.content.BlobInfo;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Takes the references to layers away, so that layers that are unpacked need not stay as blobs as
 * well. The images can still run; to push or export them their layers are fetched again.
 */
final class ReferencesPrune implements Command {
  /** {@code l.<n>}, or in old stores a bare number, of which 0 is the configuration. */
  private static final Pattern LAYER =
      Pattern.compile(Pattern.quote(WellKnown.GC_REF_CONTENT) + "\\.(l\\..*|(?!0$)[0-9]+)");

  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar
        .flag("async", "do not wait until the layers are gone")
        .flag("dry", "the same as --dry-run");
  }

  @Override
  public int run(Invocation invocation) {
    boolean rehearsal = Rehearsal.asked(invocation) || invocation.arguments().flag("dry");
    ContentClient content = invocation.client().content();
    List<BlobInfo> blobs = new ArrayList<>();
    content.walk(List.of(), blobs::add);
    for (BlobInfo blob : blobs) {
      Map<String, String> cleared = cleared(blob);
      if (cleared.isEmpty()) {
        continue;
      }
      if (!rehearsal) {
        content.label(blob.digest(), cleared);
      }
      String line = rehearsal ? "would clear %s of %s" : "cleared %s of %s";
      cleared.keySet().forEach(key -> invocation.say(line.formatted(key, blob.digest())));
    }
    if (!rehearsal) {
      collect(invocation);
    }
    return 0;
  }

  private static Map<String, String> cleared(BlobInfo blob) {
    Map<String, String> cleared = new TreeMap<>();
    blob.labels().map().keySet().stream()
        .filter(key -> LAYER.matcher(key).matches())
        .forEach(key -> cleared.put(key, ""));
    return cleared;
  }

  /** The end of a lease is what makes the daemon collect. */
  private static void collect(Invocation invocation) {
    Instant end = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    var leases = invocation.client().leases();
    String id = leases.create("", Labels.of(Map.of(WellKnown.GC_EXPIRE, end.toString()))).id();
    leases.delete(id, !invocation.arguments().flag("async"));
  }
}
