// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.client.BlobWriter;
import gantry.content.IngestRequest;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Stores a blob from standard input. */
final class ContentIngest implements Command {
  private static final int CHUNK = 1 << 20;

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("expected-size", "BYTES", "what the blob must have")
        .value("expected-digest", "DIGEST", "what the blob must have")
        .argument("REF", "names the ingest while it is unfinished");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    long size = invocation.arguments().number("expected-size", 0);
    @Nullable Digest digest =
        invocation.arguments().find("expected-digest").map(Digest::parse).orElse(null);
    IngestRequest request = new IngestRequest(invocation.arguments().at(0), size, digest);
    try (BlobWriter writer = invocation.client().content().writer(request)) {
      if (writer.status().offset() > 0) {
        writer.truncate(0);
      }
      copy(invocation.console().in(), writer);
      writer.commit(size, digest, Labels.none());
    }
    return 0;
  }

  private static void copy(InputStream in, BlobWriter writer) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int read = in.readNBytes(chunk, 0, CHUNK);
        read > 0;
        read = in.readNBytes(chunk, 0, CHUNK)) {
      writer.write(ByteBuffer.wrap(chunk, 0, read));
    }
  }
}
