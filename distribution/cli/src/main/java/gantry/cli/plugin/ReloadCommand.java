// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Rehearsal;
import gantry.plugins.ConfigDifference;
import java.util.List;

/** The configuration is read again; what differs is applied, all or nothing. */
final class ReloadCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar.listing();
  }

  @Override
  public int run(Invocation invocation) {
    boolean isDryRun = Rehearsal.asked(invocation);
    List<ConfigDifference> differences = invocation.client().plugins().reload(isDryRun);
    if (differences.isEmpty() && !invocation.json()) {
      invocation.note("nothing differs");
      return 0;
    }
    new Listing<ConfigDifference>()
        .column("KEY", ConfigDifference::key)
        .column("BEFORE", difference -> dash(difference.before()), ConfigDifference::before)
        .column("AFTER", difference -> dash(difference.after()), ConfigDifference::after)
        .column(
            "EFFECT",
            difference -> effect(difference, isDryRun),
            difference -> ChangeDisplay.word(difference.effect()))
        .print(differences, invocation);
    return 0;
  }

  private static String effect(ConfigDifference difference, boolean isDryRun) {
    return switch (difference.effect()) {
      case LIVE -> isDryRun ? "would be applied" : "applied";
      case RESTART -> "at the next start of the daemon";
    };
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
