// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.registry.ProbeStep;
import java.io.IOException;
import java.util.List;

/**
 * Asks every host that a reference may be had from and shows what each says; fails if none has it.
 */
final class RegistryCheck implements Command {
  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    grammar.listing().argument("REF", "host/repository:tag or host/repository@digest");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    List<ProbeStep> steps;
    try (RegistryConnection registries = new RegistryConnection(invocation)) {
      steps = registries.probe(invocation.arguments().at(0));
    }
    new Listing<ProbeStep>()
        .column("ENDPOINT", ProbeStep::endpoint)
        .column("REQUEST", ProbeStep::request)
        .column(
            "STATUS",
            step -> step.status() == 0 ? "-" : Integer.toString(step.status()),
            ProbeStep::status)
        .column("AUTHENTICATION", step -> or(step.authentication()), ProbeStep::authentication)
        .column("TLS", step -> or(step.tls()), ProbeStep::tls)
        .column("OUTCOME", ProbeStep::outcome)
        .print(steps, invocation);
    boolean found = steps.stream().anyMatch(step -> step.good() && isManifest(step));
    return found ? 0 : 1;
  }

  private static boolean isManifest(ProbeStep step) {
    return step.request().startsWith("HEAD ");
  }

  private static String or(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
