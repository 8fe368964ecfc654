// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import gantry.plugins.HandleStatus;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginReference.Kind;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.explain.why.Chain.Link;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Why a plugin is as it is: its state and root cause first, then the particulars. */
public final class Explanation {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss z", Locale.ROOT);
  private static final int DIGEST_SHOWN = 12;
  private static final int WIDTH_MAX = 104;

  private final List<PluginDetail> plugins;
  private final List<HandleStatus> handles;
  private final Clock clock;
  private final Reason reason;
  private final StringBuilder text = new StringBuilder();

  /** Explains one of these plugins. */
  public Explanation(List<PluginDetail> plugins, List<HandleStatus> handles, Clock clock) {
    this.plugins = plugins;
    this.handles = handles;
    this.clock = clock;
    this.reason = new Reason(plugins);
  }

  /**
   * The explanation, without a line break after the last line.
   *
   * @param name URI, or id if only one has it
   * @throws gantry.errors.NotFoundException if there is no such plugin; names those that are near
   */
  public String of(String name) {
    PluginDetail plugin = Names.find(name, plugins);
    line("%s %s".formatted(Names.uri(plugin), state(plugin)));
    trouble(Chain.of(plugin, plugins));
    section("comes in", List.of(origin(plugin)));
    section(
        "asks for",
        plugin.references().stream()
            .filter(reference -> !reference.wanted().equals(Reason.DISABLED))
            .map(this::reference)
            .toList());
    section("offers", offers(plugin));
    section("is asked by", dependents(plugin));
    section("calls", calls(plugin));
    if (!plugin.failure().isEmpty()) {
      line("  stack trace:");
      plugin.failure().lines().forEach(frame -> line("    " + frame));
    }
    return text.toString().stripTrailing();
  }

  private String state(PluginDetail plugin) {
    String what =
        switch (plugin.status().state()) {
          case OK -> "serves";
          case SKIP -> "is skipped";
          case ERROR ->
              plugin.pending() ? "waits" : plugin.failure().isEmpty() ? "does not serve" : "failed";
        };
    Duration age = Duration.between(plugin.since(), clock.instant());
    ZonedDateTime since = plugin.since().atZone(clock.getZone());
    return "%s, for %s (since %s)".formatted(what, Words.of(age), TIME.format(since));
  }

  private void trouble(Chain chain) {
    List<Link> links = chain.links();
    if (links.isEmpty()) {
      return;
    }
    List<String> steps = new ArrayList<>();
    for (Link link : links) {
      String age = Words.of(Duration.between(link.plugin().since(), clock.instant()));
      String since = steps.isEmpty() ? "" : ", for " + age;
      steps.add("%s %s%s".formatted(Names.uri(link.plugin()), reason.words(link), since));
    }
    if (chain.circle()) {
      steps.add("and so on in a circle: one of them must do without another");
    }
    section("because", steps);
    String remedy = chain.circle() ? "" : reason.remedy(links.getLast());
    section("to do", remedy.isEmpty() ? List.of() : List.of(remedy));
  }

  private static String origin(PluginDetail plugin) {
    String jar =
        plugin.sha256().isEmpty()
            ? "as it ships"
            : "installed, sha256 %s…"
                .formatted(
                    plugin.sha256().substring(0, Math.min(DIGEST_SHOWN, plugin.sha256().length())));
    return "bundle %s %s, %s".formatted(plugin.bundle(), plugin.version(), jar);
  }

  private String reference(PluginReference reference) {
    String what =
        (reference.kind() == Kind.CONDITION ? "condition " : "")
            + reference.wanted()
            + (reference.plugin().isEmpty() ? "" : " of " + reference.plugin())
            + (reference.optional() ? " (optional)" : "");
    if (reference.satisfied()) {
      return reference.providers().isEmpty()
          ? "has    " + what
          : "has    %s, from %s".formatted(what, String.join(", ", reference.providers()));
    }
    return (reference.optional() ? "has no " : "LACKS  ") + what + lack(reference);
  }

  private String lack(PluginReference reference) {
    List<String> would = new ArrayList<>();
    for (PluginDetail plugin : Chain.candidates(reference, plugins)) {
      if (plugin.status().state() != State.OK) {
        would.add("%s: %s".formatted(Names.uri(plugin), plugin.status().reason()));
      }
    }
    return would.isEmpty() ? "" : "; it would come from " + String.join("; ", would);
  }

  private static List<String> offers(PluginDetail plugin) {
    return plugin.offers().isEmpty() ? List.of() : List.of(String.join(", ", plugin.offers()));
  }

  private List<String> dependents(PluginDetail plugin) {
    List<String> dependents = new ArrayList<>();
    for (PluginDetail other : plugins) {
      for (PluginReference reference : other.references()) {
        if (isTo(reference, plugin)) {
          dependents.add(
              "%s, for %s%s"
                  .formatted(
                      Names.uri(other),
                      reference.wanted(),
                      reference.optional() ? " (optional)" : ""));
        }
      }
    }
    return dependents;
  }

  private boolean isTo(PluginReference reference, PluginDetail plugin) {
    return reference.providers().contains(Names.uri(plugin))
        || (reference.providers().isEmpty()
            && reference.kind() == Kind.CONTRACT
            && Chain.candidates(reference, plugins).contains(plugin));
  }

  private List<String> calls(PluginDetail plugin) {
    return handles.stream()
        .filter(handle -> handle.plugin().equals(Names.uri(plugin)))
        .map(Explanation::calls)
        .toList();
  }

  private static String calls(HandleStatus handle) {
    StringBuilder words = new StringBuilder();
    words.append("%s: %d ended".formatted(handle.contract(), handle.calls()));
    if (handle.inFlight() > 0) {
      words.append(
          ", %d of at most %d in flight, the oldest for %s"
              .formatted(handle.inFlight(), handle.inFlightMax(), Words.of(handle.oldest())));
    }
    if (handle.late() > 0) {
      words.append(", %d outlasted their deadline".formatted(handle.late()));
    }
    if (handle.refused() > 0) {
      words.append(", %d were refused".formatted(handle.refused()));
    }
    if (handle.longestWait().isPositive()) {
      words.append(", the longest wait for it took " + Words.of(handle.longestWait()));
    }
    return words + (handle.open() ? "; calls are REFUSED now: it seems to hang" : "");
  }

  private void section(String title, List<String> lines) {
    String head = title + ":";
    for (String line : lines) {
      for (String part : Words.wrap(line, WIDTH_MAX)) {
        line("  %-13s %s".formatted(head, part));
        head = "";
      }
    }
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append('\n');
  }
}
