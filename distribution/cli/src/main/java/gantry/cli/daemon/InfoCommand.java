// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.client.IntrospectionClient.DaemonIdentity;

/** Which daemon answers. */
final class InfoCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    // nothing to say
  }

  @Override
  public int run(Invocation invocation) {
    DaemonIdentity identity = invocation.client().introspection().identity();
    invocation.say(
        Json.pretty(
            Json.object()
                .set(
                    "server",
                    Json.object()
                        .put("uuid", identity.uuid())
                        .put("pid", identity.pid())
                        .put("pidns", identity.pidNamespace()))));
    return 0;
  }
}
