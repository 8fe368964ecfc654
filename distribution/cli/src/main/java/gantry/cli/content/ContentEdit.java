// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.UsageException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a small blob in an editor, stores what became of it, and prints its digest. */
final class ContentEdit implements Command {
  /** Of a blob that a person would edit, bytes. */
  private static final int LIMIT = 64 << 20;

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("validate", "FORMAT", "json, or a media type whose name ends in json")
        .value("editor", "COMMAND", "default $EDITOR")
        .argument("DIGEST", "of the blob");
  }

  @Override
  public int run(Invocation invocation) throws IOException, InterruptedException {
    Optional<String> format = invocation.arguments().find("validate");
    String editor =
        invocation.arguments().value("editor", invocation.environment().getOrDefault("EDITOR", ""));
    if (editor.isEmpty()) {
      throw new UsageException("editor is required: give --editor or set $EDITOR");
    }
    if (format.isPresent() && !format.get().endsWith("json")) {
      throw new UsageException("--validate %s: only json can be checked".formatted(format.get()));
    }
    Digest digest = Digest.parse(invocation.arguments().at(0));
    byte[] edited = edit(invocation, editor, digest);
    if (format.isPresent()) {
      Json.parse("the edited blob", edited);
    }
    invocation.say(store(invocation, edited).toString());
    return 0;
  }

  private static byte[] edit(Invocation invocation, String editor, Digest digest)
      throws IOException, InterruptedException {
    Path directory = Path.of(invocation.environment().getOrDefault("XDG_RUNTIME_DIR", "/tmp"));
    Path file = Files.createTempFile(directory, "edit-", "");
    try {
      try (InputStream in = invocation.client().content().read(digest, 0);
          OutputStream out = Files.newOutputStream(file)) {
        in.transferTo(out);
      }
      // the editor is a line of a shell; the name of the file is an argument, never part of it
      Process process =
          new ProcessBuilder("sh", "-c", editor + " \"$1\"", "sh", file.toString())
              .inheritIO()
              .start();
      int code = process.waitFor();
      if (code != 0) {
        throw new FailedPreconditionException(
            "edit %s: editor \"%s\" ended with code %d; nothing is stored"
                .formatted(digest, editor, code));
      }
      if (Files.size(file) > LIMIT) {
        throw new InvalidArgumentException(
            "edit %s: the result is larger than %d bytes".formatted(digest, LIMIT));
      }
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Digest store(Invocation invocation, byte[] edited) throws IOException {
    Digest digest = Digest.sha256(edited);
    invocation
        .client()
        .content()
        .store(
            "edit-" + digest,
            Descriptor.of("application/octet-stream", digest, edited.length),
            new ByteArrayInputStream(edited),
            Labels.none());
    return digest;
  }
}
