// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.Timestamp;
import containerd.task.v3.DeleteResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The program of a shim: a script that notes how it was run and prints what the test has prepared.
 *
 * @param directory where its notes are: {@code start.args}, {@code start.in}, {@code start.env} and
 *     the same of {@code delete}
 */
record FakeProgram(Path path, Path directory) {
  static final int STATUS = 137;

  /** The one with an answer to start. */
  static FakeProgram make(Path directory, String name, byte[] answer) throws IOException {
    Path notes = Files.createDirectories(directory.resolve(name + ".notes"));
    Path path = directory.resolve(name);
    Files.write(notes.resolve("answer"), answer);
    Files.write(
        notes.resolve("deleted"),
        DeleteResponse.newBuilder()
            .setPid(FakeShim.PID)
            .setExitStatus(STATUS)
            .setExitedAt(Timestamp.newBuilder().setSeconds(1))
            .build()
            .toByteArray());
    Files.writeString(path, script(notes));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new FakeProgram(path, notes);
  }

  private static String script(Path notes) {
    return """
    #!/bin/sh
    notes=%s
    for last; do :; done
    echo "$@" > $notes/$last.args
    pwd > $notes/$last.cwd
    env > $notes/$last.env
    cat > $notes/$last.in
    case "$last" in
      start)
        if [ -e $notes/refusal ] && [ -s $notes/start.in ]; then cat $notes/refusal >&2; exit 1; fi
        cat $notes/answer ;;
      delete) cat $notes/deleted ;;
    esac
    """
        .formatted(notes);
  }

  /** It refuses to start with these words if it is told anything on its standard input. */
  void refuseInput(String words) throws IOException {
    Files.writeString(directory.resolve("refusal"), words);
  }

  String note(String name) throws IOException {
    return Files.readString(directory.resolve(name)).strip();
  }

  boolean wasRun(String action) {
    return Files.exists(directory.resolve(action + ".args"));
  }
}
