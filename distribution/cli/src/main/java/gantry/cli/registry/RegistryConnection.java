// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Invocation;
import gantry.cli.command.Program;
import gantry.registry.HttpRegistries;
import gantry.registry.ProbeStep;
import gantry.registry.RegistryProbe;
import gantry.registry.RegistrySettings;
import gantry.registry.Repository;
import gantry.transfer.RegistryImage;
import java.io.IOException;
import java.util.List;

/** The registries this process talks to itself, as the options of an invocation say. */
final class RegistryConnection implements AutoCloseable {
  private final RegistryOptions options;
  private final HttpRegistries registries;

  RegistryConnection(Invocation invocation) {
    options = new RegistryOptions(invocation, RegistryOptions.kept(invocation));
    registries =
        new HttpRegistries(
            RegistrySettings.of("gantry/" + Program.version())
                .environment(invocation.environment()));
  }

  /** A repository by a full reference. */
  Repository open(String reference) throws IOException {
    return registries.open(new RegistryImage(reference, options.access()));
  }

  /** What each host of a reference says. */
  List<ProbeStep> probe(String reference) throws IOException {
    return new RegistryProbe(registries).probe(new RegistryImage(reference, options.access()));
  }

  @Override
  public void close() throws IOException {
    try (options) {
      registries.close();
    }
  }
}
