// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.client.AdminClient.Verdict;
import gantry.oci.Digest;
import java.util.ArrayList;
import java.util.List;

/** Hashes blobs again; exits with 1 if one is not what its name says. */
final class ContentVerify implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only what is not good")
        .listing()
        .arguments("DIGEST", 0, Integer.MAX_VALUE, "of the blobs; none means all");
  }

  @Override
  public int run(Invocation invocation) {
    List<Digest> digests = invocation.arguments().all().stream().map(Digest::parse).toList();
    boolean isQuiet = invocation.arguments().flag("quiet");
    List<Verdict> verdicts = new ArrayList<>();
    invocation.client().admin().verify(digests, verdicts::add);
    new Listing<Verdict>()
        .column("DIGEST", Verdict::digest)
        .column("STATE", Verdict::state)
        .column("SIZE", verdict -> Sizes.decimal(verdict.bytes()), Verdict::bytes)
        .column("FOUND", ContentVerify::found)
        .print(
            verdicts.stream().filter(verdict -> !isQuiet || !verdict.isGood()).toList(),
            invocation);
    return verdicts.stream().allMatch(Verdict::isGood) ? 0 : 1;
  }

  private static String found(Verdict verdict) {
    if (verdict.isGood()) {
      return "-";
    }
    String found = verdict.found().isEmpty() ? verdict.problem() : verdict.found();
    return found.isEmpty() ? "-" : found;
  }
}
