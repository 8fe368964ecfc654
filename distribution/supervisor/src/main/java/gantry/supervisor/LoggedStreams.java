// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.Winsize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Streams of a process whose output a program takes. */
final class LoggedStreams implements Streams {
  private static final Duration OWN_END = Duration.ofSeconds(5);

  private final Input input;
  private final LogProcess logger;

  LoggedStreams(Input input, LogProcess logger) {
    this.input = input;
    this.logger = logger;
  }

  @Override
  public List<Fd> descriptors() {
    return List.of(input.reader(), logger.output(), logger.error());
  }

  @Override
  public Optional<Path> console() {
    return Optional.empty();
  }

  @Override
  public void handedOver() {
    input.reader().close();
    logger.handedOver();
  }

  @Override
  public void closeInput() {
    input.closeWriter();
  }

  @Override
  public void resize(Winsize size) {}

  @Override
  public boolean drain(Duration longest) throws InterruptedException {
    return drain(logger, longest);
  }

  static boolean drain(LogProcess logger, Duration longest) throws InterruptedException {
    // it reads to the end and leaves, or it is one that must be told
    return logger.drain(longest.compareTo(OWN_END) < 0 ? longest : OWN_END);
  }

  @Override
  public Map<Role, Fd> belongings() {
    return input.writer().map(fd -> Map.of(Role.WRITER, fd)).orElse(Map.of());
  }

  @Override
  public int loggerPid() {
    return logger.pid();
  }

  @Override
  public void close() throws IOException {
    input.close();
    logger.close();
  }
}
