// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Ages;
import gantry.cli.command.Command;
import gantry.cli.command.Durations;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.Survey;
import gantry.cli.command.Times;
import gantry.cli.command.UsageException;
import gantry.client.GantryClient;
import gantry.content.IngestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Ingests that are not finished. */
final class IngestsList implements Command {
  private static final Pattern FILTER = Pattern.compile("==|!=|~=");

  @Override
  public void grammar(Grammar grammar) {
    Survey.grammar(grammar);
    grammar
        .value("timeout t", "DURATION", "of the call; default $CONTAINERD_FETCH_TIMEOUT, 60s")
        .value("root", "DIR", "accepted for ctr's sake; the daemon is asked")
        .arguments(
            "REGEXP", 0, Integer.MAX_VALUE, "what refs must contain, or filters such as ref==x");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> words = invocation.arguments().all();
    List<String> filters = words.stream().filter(IngestsList::isFilter).toList();
    Predicate<IngestStatus> wanted = matching(words);
    Duration timeout = timeout(invocation);
    Survey survey = new Survey(invocation);
    List<Found<IngestStatus>> ingests =
        survey.ask(client -> ingests(client.within(timeout), filters, wanted));
    Instant now = Instant.now();
    return survey.print(
        ingests,
        new Listing<IngestStatus>()
            .column("REF", IngestStatus::ref)
            .column("SIZE", ingest -> Sizes.decimal(ingest.offset()), IngestStatus::offset)
            .column(
                "AGE",
                ingest -> Ages.of(ingest.startedAt(), now),
                ingest -> Times.exact(ingest.startedAt())));
  }

  private static List<IngestStatus> ingests(
      GantryClient client, List<String> filters, Predicate<IngestStatus> wanted) {
    return client.content().statuses(filters).stream().filter(wanted).toList();
  }

  private static Duration timeout(Invocation invocation) {
    Duration otherwise = invocation.settings().timeout();
    String variable = invocation.environment().getOrDefault("CONTAINERD_FETCH_TIMEOUT", "");
    Duration said = invocation.arguments().duration("timeout", Duration.ZERO);
    if (said.isZero() && !variable.isEmpty()) {
      said = Durations.parse("$CONTAINERD_FETCH_TIMEOUT", variable);
    }
    return said.isZero() ? otherwise : said;
  }

  private static boolean isFilter(String word) {
    return FILTER.matcher(word).find();
  }

  private static Predicate<IngestStatus> matching(List<String> words) {
    List<Pattern> patterns =
        words.stream().filter(word -> !isFilter(word)).map(IngestsList::pattern).toList();
    return ingest ->
        patterns.isEmpty()
            || patterns.stream().anyMatch(pattern -> pattern.matcher(ingest.ref()).find());
  }

  private static Pattern pattern(String word) {
    try {
      return Pattern.compile(word);
    } catch (PatternSyntaxException malformed) {
      throw new UsageException(
          "regexp %s: %s".formatted(word, String.valueOf(malformed.getDescription())));
    }
  }
}
