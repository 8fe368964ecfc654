// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.client.ContentClient;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.image.Children;
import gantry.registry.BlobBody;
import gantry.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Pushes one blob of the content store to a repository, a manifest also under its tag. */
final class ObjectPush implements Command {
  private record Stored(ContentClient content, Digest digest, long size) implements BlobBody {
    @Override
    public InputStream open() {
      return content.read(digest, 0);
    }
  }

  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    grammar
        .argument("REMOTE", "host/repository:tag")
        .argument("DIGEST", "of the blob")
        .argument("TYPE", "its media type");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Digest digest = Digest.parse(invocation.arguments().at(1));
    String type = invocation.arguments().at(2);
    ContentClient content = invocation.client().content();
    Stored body = new Stored(content, digest, content.info(digest).size());
    try (RegistryConnection registries = new RegistryConnection(invocation)) {
      Repository repository = registries.open(invocation.arguments().at(0));
      repository.push(
          Descriptor.of(type, digest, body.size()),
          body,
          List.of(),
          Children.possible(type),
          _ -> {});
    }
    invocation.say("Pushed %s %s".formatted(digest, type));
    return 0;
  }
}
