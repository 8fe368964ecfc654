// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.registry.Repository;
import java.io.IOException;
import java.util.List;

/** Prints blobs of a repository, one behind the other. */
final class BlobFetch implements Command {
  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    grammar
        .value("media-type", "TYPE", "of the blobs; that of a manifest asks for manifests")
        .argument("REMOTE", "host/repository, or with a tag that is ignored")
        .arguments("DIGEST", 1, Integer.MAX_VALUE, "of the blobs");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    String type = invocation.arguments().value("media-type", "");
    List<Digest> digests = invocation.arguments().from(1).stream().map(Digest::parse).toList();
    try (RegistryConnection registries = new RegistryConnection(invocation)) {
      String remote = repository(invocation.arguments().at(0)) + "@" + digests.getFirst();
      Repository repository = registries.open(remote);
      for (Digest digest : digests) {
        Descriptor blob = Descriptor.of(type, digest, Download.UNKNOWN_SIZE);
        Download.print(repository, blob, List.of(), invocation.console().out());
      }
    }
    return 0;
  }

  /** Without tag and digest. */
  static String repository(String remote) {
    int at = remote.indexOf('@');
    String named = at < 0 ? remote : remote.substring(0, at);
    int colon = named.lastIndexOf(':');
    return colon > named.lastIndexOf('/') ? named.substring(0, colon) : named;
  }
}
