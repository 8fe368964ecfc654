// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Program;
import gantry.client.IntrospectionClient;
import gantry.client.IntrospectionClient.DaemonIdentity;
import gantry.client.IntrospectionClient.DaemonVersion;
import java.util.Map;

/** The versions of both sides. */
final class VersionCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.listing();
  }

  @Override
  public int run(Invocation invocation) {
    String own = Program.version();
    IntrospectionClient introspection = invocation.client().introspection();
    DaemonVersion daemon = introspection.version();
    DaemonIdentity identity = introspection.identity();
    if (invocation.json()) {
      invocation.say(
          Json.pretty(
              Json.tree(
                  Map.of(
                      "client", Map.of("version", own),
                      "server",
                          Map.of(
                              "version", daemon.version(),
                              "revision", daemon.revision(),
                              "uuid", identity.uuid())))));
      return 0;
    }
    invocation.say("Client:");
    invocation.say("  Version:  " + own);
    invocation.say("  Java version: " + Runtime.version());
    invocation.say("");
    invocation.say("Server:");
    invocation.say("  Version:  " + daemon.version());
    invocation.say("  Revision: " + daemon.revision());
    invocation.say("  UUID: " + identity.uuid());
    return 0;
  }
}
