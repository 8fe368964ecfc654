// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.Winsize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Streams that the process has itself: named pipes, files or nothing. No byte passes here. */
final class DirectStreams implements Streams {
  private final Input input;
  private final Fd output;
  private final Fd error;

  private DirectStreams(Input input, Fd output, Fd error) {
    this.input = input;
    this.output = output;
    this.error = error;
  }

  /**
   * Opens them.
   *
   * @param userId new owner of named pipes, 0 to leave them
   * @param groupId new group of named pipes, 0 to leave them
   */
  static DirectStreams open(StdioNames names, int userId, int groupId) throws IOException {
    if (userId != 0 || groupId != 0) {
      for (String name : List.of(names.stdin(), names.stdout(), names.stderr())) {
        own(name, userId, groupId);
      }
    }
    Input input = Input.open(names.stdin());
    try {
      Fd output = Outputs.open(names.stdout());
      try {
        return new DirectStreams(input, output, error(names, output));
      } catch (IOException | RuntimeException e) {
        output.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private static void own(String name, int userId, int groupId) throws IOException {
    if (!name.isEmpty() && Outputs.scheme(name).equals("fifo")) {
      Path path = Outputs.path(name);
      Files.setAttribute(path, "unix:uid", userId);
      Files.setAttribute(path, "unix:gid", groupId);
    }
  }

  /** A log file takes both streams, also when only one was named. */
  private static Fd error(StdioNames names, Fd output) throws IOException {
    boolean shared = names.stderr().isEmpty() && Outputs.scheme(names.stdout()).equals("file");
    return shared || (names.stderr().equals(names.stdout()) && !names.stderr().isEmpty())
        ? output.duplicate()
        : Outputs.open(names.stderr());
  }

  @Override
  public List<Fd> descriptors() {
    return List.of(input.reader(), output, error);
  }

  @Override
  public Optional<Path> console() {
    return Optional.empty();
  }

  @Override
  public void handedOver() {
    // from here on the last process that has an output is its end
    input.reader().close();
    output.close();
    error.close();
  }

  @Override
  public void closeInput() {
    input.closeWriter();
  }

  @Override
  public void resize(Winsize size) {}

  @Override
  public boolean drain(Duration longest) {
    return true;
  }

  @Override
  public Map<Role, Fd> belongings() {
    return input.writer().map(fd -> Map.of(Role.WRITER, fd)).orElse(Map.of());
  }

  @Override
  public void close() {
    handedOver();
    input.close();
  }
}
