// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Ages;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.UsageException;
import gantry.client.GantryClient;
import gantry.doctor.Examination;
import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Finding;
import gantry.doctor.Order;
import gantry.errors.GantryException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Finds what was left behind and takes it away if told to. Exit codes: 0 nothing is left, 1
 * something is, 2 it is not known whether something is.
 */
final class DoctorCommand implements Command {
  private static final int LEFT = 1;
  private static final int UNKNOWN = 2;
  private static final Duration MIN_AGE = Duration.ofSeconds(60);

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .values("fix", "KINDS", "take away what is of these kinds, with commas between; or all")
        .flag("dry-run n", "with --fix: only say what would be done")
        .value("min-age", "DURATION", "what is younger is left alone; default 60s")
        .listing()
        .arguments("KIND", 0, Integer.MAX_VALUE, "what to look for; all if none is named");
  }

  @Override
  public int run(Invocation invocation) {
    Order order = order(invocation);
    Examination examination;
    try {
      examination = examine(invocation.client(), order);
    } catch (GantryException e) {
      invocation.note("gantry: " + e.getMessage());
      return UNKNOWN;
    }
    print(examination, order, invocation);
    return code(examination);
  }

  private static Order order(Invocation invocation) {
    Set<String> fix = new HashSet<>();
    for (String value : invocation.arguments().values("fix")) {
      fix.addAll(Arrays.asList(value.split(",", -1)));
    }
    boolean isDryRun = invocation.arguments().flag("dry-run");
    if (isDryRun && fix.isEmpty()) {
      throw new UsageException("--dry-run says what --fix would do: name the kinds to fix, or all");
    }
    return new Order(
        Set.copyOf(invocation.arguments().all()),
        fix,
        isDryRun,
        invocation.arguments().duration("min-age", MIN_AGE));
  }

  private static Examination examine(GantryClient client, Order order) {
    return client.doctor().examine(order);
  }

  private static int code(Examination examination) {
    if (!examination.blind().isEmpty()) {
      return UNKNOWN;
    }
    boolean isLeft =
        examination.unlisted() > 0
            || examination.cases().stream().anyMatch(found -> found.outcome() != Outcome.MENDED);
    return isLeft ? LEFT : 0;
  }

  private static void print(Examination examination, Order order, Invocation invocation) {
    Instant now = Instant.now();
    boolean isJson = invocation.json();
    Listing<Case> listing =
        new Listing<Case>()
            .column("KIND", found -> found.finding().kind())
            .column("NAME", found -> found.finding().name())
            .column(
                "AGE",
                found -> age(found.finding(), now),
                found -> Objects.toString(found.finding().since(), ""))
            .column("SIZE", found -> size(found.finding()), found -> found.finding().bytes())
            .column("OWNER", found -> found.finding().owner())
            .column("REASON", found -> found.finding().reason());
    if (isJson || !order.fix().isEmpty()) {
      listing.column("OUTCOME", found -> word(found.outcome()));
    }
    if (isJson) {
      listing
          .column("REMEDY", found -> found.finding().remedy())
          .column("MESSAGE", Case::message)
          .column("PLUGIN", Case::plugin);
    } else if (!order.fix().isEmpty()) {
      listing.column("WHAT", DoctorCommand::what);
    }
    if (isJson || !examination.cases().isEmpty()) {
      listing.print(examination.cases(), invocation);
    }
    examination
        .blind()
        .forEach(
            one -> invocation.note("%s could not look: %s".formatted(one.plugin(), one.reason())));
    if (!isJson) {
      invocation.note(summary(examination, order));
    }
  }

  private static String age(Finding finding, Instant now) {
    Instant since = finding.since();
    return since == null ? "-" : Ages.of(since, now);
  }

  private static String size(Finding finding) {
    return finding.bytes() < 0 ? "-" : Sizes.decimal(finding.bytes());
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String what(Case found) {
    return switch (found.outcome()) {
      case FOUND -> "-";
      case WOULD_MEND, MENDED -> found.finding().remedy();
      case KEPT -> found.message();
    };
  }

  private static String summary(Examination examination, Order order) {
    List<Case> cases = examination.cases();
    StringBuilder line =
        new StringBuilder(cases.isEmpty() ? "nothing found" : cases.size() + " found");
    append(line, cases, Outcome.WOULD_MEND, "would be mended");
    append(line, cases, Outcome.MENDED, "mended");
    append(line, cases, Outcome.KEPT, "kept");
    if (examination.young() > 0) {
      line.append(
          "; %d younger than %d s not shown"
              .formatted(examination.young(), order.minAge().toSeconds()));
    }
    if (examination.unlisted() > 0) {
      line.append("; %d more not shown, run it again".formatted(examination.unlisted()));
    }
    return line.toString();
  }

  private static void append(StringBuilder line, List<Case> cases, Outcome outcome, String word) {
    long count = cases.stream().filter(found -> found.outcome() == outcome).count();
    if (count > 0) {
      line.append(", ").append(count).append(' ').append(word);
    }
  }
}
